// How long what is open has been open: bars by department or item, and beside them the counts, each leading to its cases.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Card, DatePicker, Segmented, Skeleton, Table } from "antd";
import type { TableColumnsType } from "antd";
import dayjs from "dayjs";
import { Suspense, lazy } from "react";
import { useTranslation } from "react-i18next";
import type { Ageing as Report, AgeingRow } from "../../api/gen/types.gen";
import { ExportButtons } from "../../parts/Export";
import { Refusal } from "../../parts/Refusal";
import { Nothing } from "../../parts/States";
import { clean } from "../../parts/search";
import { ageingRow, useBandName } from "./ageing";
import type { AgeingDivision, AgeingOver } from "./ageing";
import { ageingQuery } from "./queries";

const AgeingChart = lazy(() => import("./ReportCharts").then((m) => ({ default: m.AgeingChart })));

export function Ageing({ over, by, today, onBy, onDay, onPick }: {
  over: AgeingOver;
  by: AgeingDivision;
  today: string;
  onBy: (by: AgeingDivision) => void;
  /** Nothing: as it stands. */
  onDay: (on: string | undefined) => void;
  onPick: (over: AgeingOver, band: string) => void;
}) {
  const { t } = useTranslation("supervise");
  const report = useQuery(ageingQuery(over, by));
  const rows = report.data?.rows.filter((r) => r.total > 0) ?? [];
  return (
    <Card size="small" title={t("ageing.title")} extra={
      <span style={{ display: "inline-flex", gap: 8, alignItems: "center" }}>
        <DatePicker size="small" aria-label={t("ageing.on")} value={dayjs(over.on ?? today)} maxDate={dayjs(today)} allowClear={!!over.on}
          onChange={(d) => { const on = d?.format("YYYY-MM-DD"); onDay(on === today ? undefined : on); }} />
        <Segmented<AgeingDivision> size="small" aria-label={t("ageing.by")} value={by} onChange={onBy}
          options={[{ value: "org", label: t("by.org") }, { value: "item", label: t("by.item") }]} />
        <ExportButtons path="ageing" query={{ ...over, by }} what={t("ageing.title")} />
      </span>
    }>
      <p className="muted small" style={{ marginTop: 0 }}>{t("ageing.what")}</p>
      {report.error ? <Refusal error={report.error} /> : !report.data ? <Skeleton active /> : rows.length === 0 ? <Nothing text={t("ageing.none")} /> : (
        <div className="columns">
          <div style={{ flex: "0 0 40%", minWidth: 0 }}>
            <Suspense fallback={<Skeleton active />}>
              <AgeingChart report={report.data} rows={rows} onPick={(key, band) => onPick(ageingRow(over, by, key), band)} />
            </Suspense>
          </div>
          <div className="wide"><AgeingTable report={report.data} rows={rows} over={over} by={by} /></div>
        </div>
      )}
    </Card>
  );
}

function AgeingTable({ report, rows, over, by }: { report: Report; rows: AgeingRow[]; over: AgeingOver; by: AgeingDivision }) {
  const { t } = useTranslation("supervise");
  const bandName = useBandName();
  const count = (r: AgeingRow, n: number, band: string | undefined, named: string) =>
    n === 0 ? <span className="muted number">0</span> : (
      <Link to="/reports/ageing" search={clean({ ...ageingRow(over, by, r.key), band })} className="number"
        aria-label={t("figureLink", { name: r.name || r.key, figure: named, value: n })}>{n}</Link>
    );
  const columns: TableColumnsType<AgeingRow> = [
    { title: t(`by.${by}`), key: "name", fixed: "left", width: 150, render: (_, r) => r.name || r.key, sorter: (a, b) => (a.name || a.key).localeCompare(b.name || b.key, "zh-CN") },
    { title: t("ageing.open"), key: "total", align: "right", width: 62, sorter: (a, b) => a.total - b.total, render: (_, r) => count(r, r.total, undefined, t("ageing.open")) },
    ...report.bands.map((b, i) => ({
      title: bandName(b), key: b.id, align: "right" as const, width: 76, sorter: (x: AgeingRow, y: AgeingRow) => x.counts[i]! - y.counts[i]!,
      render: (_: unknown, r: AgeingRow) => count(r, r.counts[i]!, b.id, bandName(b)),
    })),
  ];
  return <Table<AgeingRow> size="small" rowKey="key" dataSource={rows} columns={columns} pagination={false} scroll={{ x: "max-content", y: 300 }} />;
}
