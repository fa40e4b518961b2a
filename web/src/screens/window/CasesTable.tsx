// The cases of the window, newest first, by status and by number, name or identity number.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Input, Select, Skeleton, Table, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { listCases } from "../../api/gen/sdk.gen";
import type { CaseRow } from "../../api/gen/types.gen";
import { clockQuery } from "../../app/BusinessTime";
import { Due } from "../../parts/Light";
import type { LightName } from "../../parts/Light";
import { CaseNumber } from "../../parts/CaseNumber";
import { Broken, Nothing } from "../../parts/States";
import { minute } from "../../parts/time";

const statuses = ["received", "correcting", "accepted", "decided", "closed"] as const;
type Status = (typeof statuses)[number];

export function CasesTable() {
  const { t } = useTranslation("window");
  const { q, status } = useSearch({ strict: false }) as { q?: string; status?: Status };
  const go = useNavigate();
  const clock = useQuery(clockQuery);
  const now = clock.data ? new Date(clock.data.now) : undefined;
  const set = (part: Record<string, unknown>) => void go({ search: ((s: Record<string, unknown>) => ({ ...s, ...part })) as never, to: "." });
  const list = useInfiniteQuery({
    queryKey: ["cases", "window", q, status],
    queryFn: ({ pageParam }) => answer(listCases({ query: { limit: 20, ...(q && q.length >= 2 ? { q } : {}), ...(status ? { status } : {}), ...(pageParam ? { cursor: pageParam } : {}) } })),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });
  const rows = list.data?.pages.flatMap((p) => p.cases) ?? [];
  return (
    <>
      <div style={{ display: "flex", gap: 8, marginBottom: 8, flexWrap: "wrap" }}>
        <Input.Search key={q ?? ""} defaultValue={q ?? ""} allowClear placeholder={t("cases.search")} aria-label={t("cases.search")} style={{ width: 320 }} onSearch={(v) => set({ q: v.trim() || undefined })} />
        <Select allowClear placeholder={t("cases.status")} aria-label={t("cases.status")} value={status ?? null} style={{ width: 140 }} onChange={(v) => set({ status: v ?? undefined })}
          options={statuses.map((s) => ({ value: s, label: t(`status.${s}`) }))} />
      </div>
      {list.error ? <Broken error={list.error} again={() => void list.refetch()} /> : !list.data ? <Skeleton active /> : rows.length === 0 ? <Nothing text={t(q || status ? "cases.noneFound" : "cases.none")} /> : (
        <Table<CaseRow>
          size="small" rowKey="number" dataSource={rows} pagination={false}
          columns={[
            { title: t("number"), width: 140, render: (_, c) => <Link to={`/window/cases/${c.number}` as string}><CaseNumber number={c.number} /></Link> },
            { title: t("applicant"), render: (_, c) => c.applicant?.name ?? "" },
            { title: t("item"), render: (_, c) => c.itemName, ellipsis: true },
            { title: t("statusWord"), width: 130, render: (_, c) => <><Tag>{t(`status.${c.status}`)}</Tag>{c.outcome && <span className="small">{t(`outcome.${c.outcome}`, { defaultValue: c.outcome })}</span>}</> },
            { title: t("received"), width: 140, render: (_, c) => <span className="number small">{minute(c.receivedAt)}</span> },
            { title: t("due"), width: 190, render: (_, c) => (c.status === "closed" || !(c.promisedDue ?? c.statutoryDue) ? "" : <Due due={c.promisedDue ?? c.statutoryDue} light={c.light as LightName} now={now} provisional={c.provisional} />) },
          ]}
        />
      )}
      {list.hasNextPage && <Button style={{ marginTop: 8 }} loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("common:action.more")}</Button>}
    </>
  );
}
