// The dashboard of supervisors and heads: every figure leads to the cases behind it, and its filters are the address.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Card, Segmented, Select, Skeleton, Tooltip } from "antd";
import { Suspense, lazy } from "react";
import { useTranslation } from "react-i18next";
import type { Figure, Report } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { clockQuery } from "../../app/BusinessTime";
import { Broken, Loading, Nothing } from "../../parts/States";
import { spanOf, yearUntil } from "../../parts/period";
import { clean } from "../../parts/search";
import { day } from "../../parts/time";
import { ExportButtons } from "../../parts/Export";
import { Ageing } from "./Ageing";
import { FigureLink, FigureTable } from "./FigureTable";
import { ReportFilters } from "./ReportFilters";
import { headline, overRow, trendFigures, valueOf } from "./figures";
import type { Over } from "./figures";
import { reportQuery } from "./queries";
import type { Division } from "./queries";
import { reportsRoute } from "./routes";

const DividedChart = lazy(() => import("./ReportCharts").then((m) => ({ default: m.DividedChart })));
const TrendChart = lazy(() => import("./ReportCharts").then((m) => ({ default: m.TrendChart })));

export default function Reports() {
  const clock = useQuery(clockQuery);
  if (clock.error) return <Broken error={clock.error} again={() => void clock.refetch()} />;
  if (!clock.data) return <Loading />;
  return <Dashboard today={day(clock.data.now)} />;
}

function Dashboard({ today }: { today: string }) {
  const { t } = useTranslation("supervise");
  const search = reportsRoute.useSearch();
  const go = useNavigate();
  const { by = "org", show = "received", on, ageBy = "org", ...given } = search;
  const over: Over = { ...spanOf("month", today), ...given };
  const total = useQuery(reportQuery(over));
  const divided = useQuery(reportQuery(over, by));
  const trendOver = { ...over, ...yearUntil(over.until) };
  const trend = useQuery(reportQuery(trendOver, "month"));
  const change = (next: Partial<typeof search>) => void go({ to: "/reports", search: clean({ ...search, ...next }) });
  const drill = (figure: string, to: Over) => void go({ to: "/reports/$figure", params: { figure }, search: clean(to) });
  if (total.error) return <Broken error={total.error} again={() => void total.refetch()} />;
  const shown = divided.data?.figures.find((f) => f.id === show) ?? divided.data?.figures[0];
  return (
    <div className="page rows">
      <div className="page-head" style={{ marginBottom: 0 }}>
        <h1>{t("reports")}</h1>
        <ReportFilters over={over} today={today} onChange={change} />
      </div>
      <Headline report={total.data} over={over} />
      <Card size="small" title={t("divided")} extra={
        <span style={{ display: "inline-flex", gap: 8 }}>
          {shown && (
            <Select
              size="small" style={{ minWidth: 190 }} aria-label={t("chart.figure")} value={shown.id}
              options={divided.data?.figures.map((f) => ({ value: f.id, label: <FigureName figure={f} /> }))}
              onChange={(id) => change({ show: id })}
            />
          )}
          <Segmented<Division> size="small" aria-label={t("by.label")} value={by} onChange={(b) => change({ by: b })}
            options={[{ value: "org", label: t("by.org") }, { value: "item", label: t("by.item") }, { value: "month", label: t("by.month") }]} />
          <ExportButtons path="report" query={{ ...over, by }} what={t("divided")} />
        </span>
      }>
        {divided.data?.rows.length === 0 ? <Nothing text={t("noFigures")} /> : (
          <div className="columns">
            <div style={{ flex: "0 0 40%", minWidth: 0 }}>
              <Suspense fallback={<Skeleton active />}>
                {divided.data && shown && <DividedChart report={divided.data} figure={shown} onPick={(key) => drill(shown.id, overRow(over, by, key))} />}
              </Suspense>
            </div>
            <div className="wide"><FigureTable report={divided.data} by={by} over={over} height={300} /></div>
          </div>
        )}
      </Card>
      <Ageing
        over={clean({ org: over.org, item: over.item, on })} by={ageBy} today={today}
        onBy={(b) => change({ ageBy: b })} onDay={(d) => change({ on: d })}
        onPick={(o, band) => void go({ to: "/reports/ageing", search: clean({ ...o, band }) })}
      />
      <Card size="small" extra={<ExportButtons path="report" query={{ ...trendOver, by: "month" }} what={t("byMonth")} />} title={t("trend", { from: trendOver.from.slice(0, 7), until: trendOver.until.slice(0, 7) })}>
        {trend.data?.rows.length === 0 ? <Nothing text={t("noFigures")} /> : (
          <div className="columns">
            <div style={{ flex: "0 0 50%", minWidth: 0 }}>
              <Suspense fallback={<Skeleton active />}>
                {trend.data && <TrendChart report={trend.data} onPick={(figure, month) => drill(figure, overRow(trendOver, "month", month))} />}
              </Suspense>
            </div>
            <div className="wide"><FigureTable report={trend.data} by="month" over={trendOver} ids={trendFigures} height={260} /></div>
          </div>
        )}
      </Card>
    </div>
  );
}

function FigureName({ figure }: { figure: Figure }) {
  const { i18n } = useTranslation();
  return <>{inLanguage(figure, i18n.language)}</>;
}

function Headline({ report, over }: { report: Report | undefined; over: Over }) {
  const { t, i18n } = useTranslation("supervise");
  if (!report) return <Skeleton active paragraph={{ rows: 2 }} />;
  const row = report.rows[0];
  return (
    <ul style={{ display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(104px, 1fr))", gap: 8, margin: 0, padding: 0, listStyle: "none" }}>
      {headline.map((id) => {
        const figure = report.figures.find((f) => f.id === id);
        if (!figure) return null;
        const value = valueOf(row, id);
        return (
          <li key={id} style={{ background: "#fff", border: "1px solid #e3e7ee", borderRadius: 4, padding: "8px 10px" }}>
            <Tooltip title={t(`figure.${id}`)}><div className="small muted" tabIndex={0}>{inLanguage(figure, i18n.language)}</div></Tooltip>
            <div style={{ fontSize: 22, lineHeight: "30px" }}><FigureLink figure={figure} row={row} over={over} /></div>
            <div className="small muted number">{figure.kind === "count" || value?.base === undefined ? " " : figure.kind === "share" ? `${value.count} / ${value.base}` : t("base", { count: value.base })}</div>
          </li>
        );
      })}
    </ul>
  );
}
