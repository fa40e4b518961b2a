// The charts of the dashboard: one figure by organisation or item, and a year month by month.
import type { EChartsCoreOption } from "echarts/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Ageing, AgeingRow, Figure, Report } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import Chart from "../../parts/Chart";
import { comma } from "../../texts/marks";
import { useBandName } from "./ageing";
import { valueOf } from "./figures";

const colors = { received: "#1d4f91", accepted: "#5b8c00", concluded: "#945600", onPromise: "#c41d24" };

/** At most this many bars are read at a glance; the table has the rest. */
const bars = 12;

export function DividedChart({ report, figure, onPick }: { report: Report; figure: Figure; onPick: (key: string) => void }) {
  const { t, i18n } = useTranslation("supervise");
  const name = inLanguage(figure, i18n.language);
  const rows = useMemo(
    () =>
      report.rows
        .map((r) => ({ key: r.key ?? "", name: r.name || r.key || "", value: valueOf(r, figure.id)?.value }))
        .filter((r): r is { key: string; name: string; value: number } => r.value !== undefined)
        .sort((a, b) => b.value - a.value)
        .slice(0, bars)
        .reverse(),
    [report, figure.id],
  );
  const unit = figure.kind === "share" ? "%" : "";
  const option = useMemo((): EChartsCoreOption => ({
    color: [colors.received],
    grid: { left: 8, right: 48, top: 8, bottom: 8, containLabel: true },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
    xAxis: { type: "value", max: figure.kind === "share" ? 100 : undefined, ...(figure.kind === "count" ? { minInterval: 1 } : {}), axisLabel: { formatter: `{value}${unit}` } },
    yAxis: { type: "category", data: rows.map((r) => r.name), axisLabel: { width: 150, overflow: "truncate" } },
    series: [{
      id: figure.id, name, type: "bar", barMaxWidth: 22, data: rows.map((r) => Number(r.value.toFixed(1))),
      label: { show: true, position: "right", formatter: `{c}${unit}` },
    }],
  }), [rows, figure, name, unit]);
  const label = t("chart.divided", { figure: name, list: rows.slice().reverse().map((r) => `${r.name} ${r.value.toFixed(1)}${unit}`).join(comma()) });
  return <Chart option={option} label={label} height={Math.max(180, rows.length * 34 + 40)} onClick={({ index }) => rows[index] && onPick(rows[index].key)} />;
}

/** From young to old: lighter to darker. */
const ages = ["#9ec9f5", "#6aa8e8", "#d9a93c", "#c4721a", "#b3391f", "#7a0f1b"];

/** Open cases by age, a bar for each department or item, the one with most at the top. */
export function AgeingChart({ report, rows, onPick }: { report: Ageing; rows: AgeingRow[]; onPick: (key: string, band: string) => void }) {
  const { t } = useTranslation("supervise");
  const bandName = useBandName();
  const shown = useMemo(() => rows.slice().sort((a, b) => b.total - a.total).slice(0, bars).reverse(), [rows]);
  const option: EChartsCoreOption = {
    color: ages,
    legend: { top: 0, itemWidth: 16, itemHeight: 10 },
    grid: { left: 8, right: 16, top: 56, bottom: 8, containLabel: true },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
    xAxis: { type: "value", minInterval: 1 },
    yAxis: { type: "category", data: shown.map((r) => r.name || r.key), axisLabel: { width: 150, overflow: "truncate" } },
    series: report.bands.map((b, i) => ({ id: b.id, name: bandName(b), type: "bar", stack: "open", barMaxWidth: 22, data: shown.map((r) => r.counts[i]) })),
  };
  const label = t("chart.divided", { figure: t("ageing.title"), list: shown.slice().reverse().map((r) => `${r.name || r.key} ${r.total}`).join(comma()) });
  return <Chart option={option} label={label} height={Math.max(220, shown.length * 34 + 90)} onClick={({ series, index }) => shown[index] && onPick(shown[index].key, series)} />;
}

export function TrendChart({ report, onPick }: { report: Report; onPick: (figure: string, month: string) => void }) {
  const { t, i18n } = useTranslation("supervise");
  const named = (id: string) => {
    const f = report.figures.find((x) => x.id === id);
    return f ? inLanguage(f, i18n.language) : id;
  };
  const months = report.rows.map((r) => r.key ?? "");
  const counts = ["received", "accepted", "concluded"] as const;
  const option: EChartsCoreOption = {
    color: [colors.received, colors.accepted, colors.concluded, colors.onPromise],
    legend: { top: 0 },
    grid: { left: 8, right: 8, top: 36, bottom: 8, containLabel: true },
    tooltip: { trigger: "axis" },
    xAxis: { type: "category", data: months },
    yAxis: [
      { type: "value", minInterval: 1 },
      { type: "value", min: 0, max: 100, axisLabel: { formatter: "{value}%" }, splitLine: { show: false } },
    ],
    series: [
      ...counts.map((id) => ({ id, name: named(id), type: "bar", barMaxWidth: 18, data: report.rows.map((r) => valueOf(r, id)?.value ?? 0) })),
      { id: "onPromise", name: named("onPromise"), type: "line", yAxisIndex: 1, symbolSize: 8, connectNulls: true,
        data: report.rows.map((r) => { const v = valueOf(r, "onPromise")?.value; return v === undefined ? null : Number(v.toFixed(1)); }) },
    ],
  };
  return <Chart option={option} label={t("chart.trend", { from: months[0] ?? "", until: months.at(-1) ?? "" })} onClick={({ series, index }) => months[index] && onPick(series, months[index])} />;
}
