// The period, the organisation and the item figures are asked for.
import { useQuery } from "@tanstack/react-query";
import { DatePicker, Segmented, Select } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { spanName, spanOf, spans } from "../../parts/period";
import type { Span } from "../../parts/period";
import type { Over } from "./figures";
import { itemsQuery, reportQuery } from "./queries";

export function ReportFilters({ over, today, onChange }: { over: Over; today: string; onChange: (over: Over) => void }) {
  const { t } = useTranslation("supervise");
  const span = spanName(over, today);
  return (
    <>
      <Segmented<Span | "other">
        aria-label={t("period.label")}
        value={span ?? "other"}
        options={[...spans.map((s) => ({ value: s, label: t(`period.${s}`) })), ...(span ? [] : [{ value: "other" as const, label: t("period.other") }])]}
        onChange={(s) => s !== "other" && onChange({ ...over, ...spanOf(s, today) })}
      />
      <DatePicker.RangePicker
        allowClear={false}
        aria-label={t("period.label")}
        value={[dayjs(over.from), dayjs(over.until)]}
        onChange={(range) => range?.[0] && range[1] && onChange({ ...over, from: range[0].format("YYYY-MM-DD"), until: range[1].format("YYYY-MM-DD") })}
      />
      <OrgSelect over={over} onChange={(org) => onChange({ ...over, org })} />
      <ItemSelect value={over.item} onChange={(item) => onChange({ ...over, item })} />
    </>
  );
}

/** Organisations with figures in the period: those the caller may ask about. */
function OrgSelect({ over, onChange }: { over: Over; onChange: (org: string | undefined) => void }) {
  const { t } = useTranslation("supervise");
  const { data, isLoading } = useQuery(reportQuery({ from: over.from, until: over.until }, "org"));
  const options = (data?.rows ?? []).map((r) => ({ value: r.key ?? "", label: r.name || r.key }));
  if (over.org && !options.some((o) => o.value === over.org)) options.push({ value: over.org, label: over.org });
  return (
    <Select
      allowClear showSearch={{ optionFilterProp: "label" }}
      style={{ minWidth: 180 }}
      placeholder={t("filter.allOrgs")} aria-label={t("filter.org")}
      loading={isLoading} value={over.org} options={options} onChange={onChange}
    />
  );
}

export function ItemSelect({ value, onChange, width = 180 }: { value: string | undefined; onChange: (item: string | undefined) => void; width?: number }) {
  const { t } = useTranslation("supervise");
  const { data, isLoading } = useQuery(itemsQuery);
  const options = (data?.items ?? []).map((i) => ({ value: i.code, label: i.name }));
  return (
    <Select
      allowClear showSearch={{ optionFilterProp: "label" }}
      style={{ width }} popupMatchSelectWidth={280}
      placeholder={t("filter.allItems")} aria-label={t("filter.item")}
      loading={isLoading} value={value} options={options} onChange={onChange}
    />
  );
}
