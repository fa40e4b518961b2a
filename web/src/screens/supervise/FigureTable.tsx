// Figures in rows; every one of them leads to its cases.
import { Link } from "@tanstack/react-router";
import { Table } from "antd";
import type { TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import type { Figure, Report, ReportRow } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { overRow, valueOf, written } from "./figures";
import type { Over } from "./figures";
import type { Division } from "./queries";

export function FigureLink({ figure, row, over, name }: { figure: Figure; row: ReportRow | undefined; over: Over; name?: string }) {
  const { t, i18n } = useTranslation("supervise");
  const value = valueOf(row, figure.id);
  const text = written(figure, value);
  if (!value || (value.base ?? value.count) === 0) return <span className="muted number">{text}</span>;
  const label = t("figureLink", { name: name ?? "", figure: inLanguage(figure, i18n.language), value: text });
  return <Link to="/reports/$figure" params={{ figure: figure.id }} search={over} className="number" aria-label={label}>{text}</Link>;
}

export function FigureTable({ report, by, over, ids, height }: {
  report: Report | undefined;
  by: Division;
  over: Over;
  /** The figures to show; left out, all. */
  ids?: string[];
  height?: number;
}) {
  const { t, i18n } = useTranslation("supervise");
  const figures = (report?.figures ?? []).filter((f) => !ids || ids.includes(f.id));
  const columns: TableColumnsType<ReportRow> = [
    { title: t(`by.${by}`), key: "name", fixed: "left", width: by === "month" ? 90 : 190, render: (_, r) => r.name || r.key,
      sorter: (a, b) => (a.name || a.key || "").localeCompare(b.name || b.key || "", "zh-CN") },
    ...figures.map((f) => ({
      title: inLanguage(f, i18n.language), key: f.id, align: "right" as const, width: 92,
      sorter: (a: ReportRow, b: ReportRow) => (valueOf(a, f.id)?.value ?? -1) - (valueOf(b, f.id)?.value ?? -1),
      render: (_: unknown, r: ReportRow) => <FigureLink figure={f} row={r} over={overRow(over, by, r.key)} name={r.name || r.key || ""} />,
    })),
  ];
  return (
    <Table<ReportRow>
      size="small" rowKey={(r) => r.key ?? ""} dataSource={report?.rows ?? []} columns={columns} pagination={false}
      loading={!report} scroll={{ x: "max-content", ...(height ? { y: height } : {}) }}
    />
  );
}
