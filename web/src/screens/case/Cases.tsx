// Cases one may see: by number, applicant, item and status.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button, Checkbox, Input, Select, Space, Table, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { listCases, listItems } from "../../api/gen/sdk.gen";
import type { CaseRow } from "../../api/gen/types.gen";
import { clockQuery } from "../../app/BusinessTime";
import { ExportButtons } from "../../parts/Export";
import { Due } from "../../parts/Light";
import type { LightName } from "../../parts/Light";
import { Broken, Nothing } from "../../parts/States";
import { minute } from "../../parts/time";
import { casesRoute } from "./routes";
import type { CaseFilter } from "./routes";

const statuses = ["received", "correcting", "accepted", "decided", "closed"];

export default function Cases() {
  const { t } = useTranslation("case");
  const filter = casesRoute.useSearch();
  const go = useNavigate({ from: casesRoute.fullPath });
  const clock = useQuery(clockQuery);
  const items = useQuery({ queryKey: ["items"], queryFn: () => answer(listItems()), staleTime: 60_000 });
  const cases = useInfiniteQuery({
    queryKey: ["cases", filter],
    queryFn: ({ pageParam }) => answer(listCases({ query: { ...(filter as object), limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } })),
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
  });
  const set = (part: Partial<CaseFilter>) => void go({ search: (s) => Object.fromEntries(Object.entries({ ...s, ...part }).filter(([, v]) => v !== undefined && v !== "" && v !== false)) as CaseFilter });
  const list = (cases.data?.pages ?? []).flatMap((p) => p.cases);
  return (
    <div className="page">
      <div className="page-head"><h1>{t("cases")}</h1></div>
      <Space wrap style={{ marginBottom: 12 }}>
        <Input.Search allowClear style={{ width: 320 }} placeholder={t("findCase")} aria-label={t("findCase")} defaultValue={filter.q ?? ""} onSearch={(q) => set({ q: q.trim() || undefined } as Partial<CaseFilter>)} />
        <Select allowClear style={{ width: 130 }} placeholder={t("status")} aria-label={t("status")} value={filter.status ?? null} onChange={(v) => set({ status: v ?? undefined } as Partial<CaseFilter>)}
          options={statuses.map((s) => ({ value: s, label: t(`caseStatus.${s}` as "caseStatus.received") }))} />
        <Select allowClear style={{ minWidth: 200 }} placeholder={t("item")} aria-label={t("item")} value={filter.item ?? null} onChange={(v) => set({ item: v ?? undefined } as Partial<CaseFilter>)}
          options={(items.data?.items ?? []).map((i) => ({ value: i.code, label: i.name }))} />
        <Checkbox checked={filter.overdue ?? false} onChange={(e) => set({ overdue: e.target.checked })}>{t("overdueOnly")}</Checkbox>
        <ExportButtons path="cases" query={{ ...filter }} what={t("cases")} />
      </Space>
      {cases.error && !cases.data ? <Broken error={cases.error} again={() => void cases.refetch()} /> : (
        <Table<CaseRow>
          size="small"
          rowKey="number"
          loading={cases.isPending}
          dataSource={list}
          pagination={false}
          locale={{ emptyText: <Nothing text={t("noCases")} /> }}
          columns={[
            { title: t("applicantName"), render: (_, c) => <Link to="/cases/$number" params={{ number: c.number }} style={{ fontWeight: 600 }}>{c.applicant?.name ?? t("hidden")}</Link> },
            { title: t("item"), render: (_, c) => c.itemName },
            { title: t("number"), width: 370, render: (_, c) => <span className="number">{c.number}</span> },
            { title: t("status"), width: 110, render: (_, c) => <Status row={c} /> },
            { title: t("due"), width: 210, render: (_, c) => <Due due={c.status === "closed" ? undefined : (c.promisedDue ?? c.statutoryDue)} light={c.light as LightName} now={clock.data ? new Date(clock.data.now) : undefined} provisional={c.provisional} /> },
            { title: t("receivedAt"), width: 140, render: (_, c) => <span className="number">{minute(c.receivedAt)}</span> },
          ]}
        />
      )}
      {cases.hasNextPage && (
        <div style={{ textAlign: "center", marginTop: 12 }}>
          <Button loading={cases.isFetchingNextPage} onClick={() => void cases.fetchNextPage()}>{t("common:action.more")}</Button>
        </div>
      )}
    </div>
  );
}

const colours: Record<string, string> = { received: "blue", correcting: "gold", accepted: "cyan", decided: "green", closed: "default" };

export function Status({ row }: { row: CaseRow }) {
  const { t } = useTranslation("case");
  return (
    <Tag color={colours[row.status] ?? "default"}>
      {t(`caseStatus.${row.status}` as "caseStatus.received", { defaultValue: row.status })}
      {row.outcome && ` · ${t(`outcome.${row.outcome}`, { defaultValue: row.outcome })}`}
    </Tag>
  );
}
