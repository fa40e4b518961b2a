// What is behind one figure: its cases or cards, in order of time.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Table } from "antd";
import type { TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { getReportLines } from "../../api/gen/sdk.gen";
import type { ReportLine } from "../../api/gen/types.gen";
import { clockQuery } from "../../app/BusinessTime";
import { inLanguage } from "../../app/language";
import { CaseLink } from "../../parts/CaseLink";
import { ExportButtons } from "../../parts/Export";
import { Broken, Loading, Nothing } from "../../parts/States";
import { spanOf } from "../../parts/period";
import { day, minute } from "../../parts/time";
import { Mark } from "../../parts/Mark";
import type { Over } from "./figures";
import { itemsQuery } from "./queries";
import { linesRoute } from "./routes";

export default function Lines() {
  const { t, i18n } = useTranslation("supervise");
  const { figure } = linesRoute.useParams();
  const search = linesRoute.useSearch();
  const clock = useQuery(clockQuery);
  const items = useQuery(itemsQuery);
  const over: Over | undefined = clock.data && { ...spanOf("month", day(clock.data.now)), ...search };
  const lines = useInfiniteQuery({
    queryKey: ["reports", "lines", figure, over],
    enabled: !!over,
    queryFn: ({ pageParam }) => answer(getReportLines({ path: { figure }, query: { ...over!, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } })),
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
    staleTime: 60_000,
  });
  const error = clock.error ?? lines.error;
  if (error) return <Broken error={error} again={() => void lines.refetch()} />;
  if (!lines.data || !over) return <Loading />;
  const about = lines.data.pages[0]!.figure;
  const rows = lines.data.pages.flatMap((p) => p.lines);
  const named = (code: string | undefined) => items.data?.items.find((i) => i.code === code)?.name ?? code;
  const cards = rows.some((r) => r.card);
  const columns: TableColumnsType<ReportLine> = [
    ...(cards ? [{ title: t("line.card"), key: "card", width: 90, render: (_: unknown, r: ReportLine) => r.card && <Link to="/cards" search={{ card: r.card }}>{t("line.cardNumber", { id: r.card })}</Link> }] : []),
    { title: t("line.number"), key: "number", width: 220, render: (_, r) => r.number && <CaseLink number={r.number} /> },
    { title: t("line.item"), key: "item", render: (_, r) => named(r.item) },
    { title: t("line.org"), key: "org", width: 220, render: (_, r) => r.orgName || r.org },
    { title: t("line.at"), key: "at", width: 150, render: (_, r) => <span className="number">{minute(r.at)}</span> },
    ...(about.kind === "share" ? [{ title: t("line.counts"), key: "counts", width: 110, render: (_: unknown, r: ReportLine) => r.counts ? <Mark tone="good">{t("line.yes")}</Mark> : <Mark tone="bad">{t("line.no")}</Mark> }] : []),
    ...(about.kind === "average" ? [{ title: t("line.value"), key: "value", width: 110, align: "right" as const, render: (_: unknown, r: ReportLine) => r.value }] : []),
  ];
  return (
    <div className="page">
      <div className="page-head">
        <Link to="/reports" search={{ ...search, by: undefined, show: undefined }}>{t("reports")}</Link>
        <span aria-hidden>/</span>
        <h1>{inLanguage(about, i18n.language)}</h1>
        <span className="muted number">{over.from} — {over.until}</span>
        {over.item && <Mark>{named(over.item)}</Mark>}
        {over.org && <Mark>{rows.find((r) => r.org === over.org)?.orgName ?? over.org}</Mark>}
        <span className="grow" />
        <ExportButtons path={`report/${encodeURIComponent(figure)}`} query={{ ...over }} what={inLanguage(about, i18n.language)} />
      </div>
      <p className="muted" style={{ marginTop: 0 }}>{t(`figure.${figure}`)}</p>
      <Table<ReportLine>
        size="small" rowKey={(r) => `${r.number ?? ""}/${r.card ?? ""}/${r.at}`} dataSource={rows} columns={columns} pagination={false}
        locale={{ emptyText: <Nothing text={t("noLines")} /> }} scroll={{ x: 800 }}
      />
      {lines.hasNextPage && (
        <div style={{ textAlign: "center", marginTop: 12 }}>
          <Button loading={lines.isFetchingNextPage} onClick={() => void lines.fetchNextPage()}>{t("common:action.more")}</Button>
        </div>
      )}
    </div>
  );
}
