// The joint cases a department leads: how far each is, and who is waited for.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button, Checkbox, Input, Select, Skeleton, Table } from "antd";
import type { TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { listCases, listItems } from "../../api/gen/sdk.gen";
import type { CaseRow } from "../../api/gen/types.gen";
import { clockQuery } from "../../app/BusinessTime";
import { has, useAccount } from "../../app/session";
import { waitsQuery } from "../../parts/case/queries";
import { Due } from "../../parts/Light";
import type { LightName } from "../../parts/Light";
import { Broken, Nothing } from "../../parts/States";
import { clean } from "../../parts/search";
import { minute } from "../../parts/time";
import { comma } from "../../texts/marks";
import { CaseStatus } from "./CaseStatus";
import { caseStates, jointRoute } from "./routes";

/** Each row asks who is waited for: as many as are read at once. */
const rowsAtOnce = 20;

export default function Joint() {
  const { t } = useTranslation("lead");
  const search = jointRoute.useSearch();
  const go = useNavigate({ from: jointRoute.fullPath });
  const account = useAccount();
  const clock = useQuery(clockQuery);
  const items = useQuery({ queryKey: ["items", "names"], queryFn: () => answer(listItems()), staleTime: 300_000 });
  const supervises = has(account, "supervisor");
  const { closed, all, ...filter } = search;
  const query = clean({ ...filter, open: closed || filter.status === "closed" ? undefined : true, lead: all || supervises ? undefined : account.org });
  const list = useInfiniteQuery({
    queryKey: ["cases", "joint", query],
    queryFn: ({ pageParam }) => answer(listCases({ query: { ...query, limit: rowsAtOnce, ...(pageParam ? { cursor: pageParam } : {}) } })),
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
  });
  const change = (next: Partial<typeof search>) => void go({ search: clean({ ...search, ...next }) });
  const now = clock.data ? new Date(clock.data.now) : undefined;
  const rows = list.data?.pages.flatMap((p) => p.cases) ?? [];
  const columns: TableColumnsType<CaseRow> = [
    { title: t("case:applicantName"), key: "who", render: (_, c) => <>
      <Link to="/joint/$number" params={{ number: c.number }} style={{ fontWeight: 600 }}>{c.applicant?.name ?? t("case:hidden")}</Link>
      <div className="small muted">{c.itemName}</div>
    </> },
    { title: t("case:number"), key: "number", width: 150, render: (_, c) => <span className="number" title={c.number}>…{c.number.slice(-12)}</span> },
    { title: t("case:status"), key: "status", width: 92, render: (_, c) => <CaseStatus of={c} /> },
    { title: t("clock.promised"), key: "promised", width: 190, render: (_, c) => <Due due={c.status === "closed" ? undefined : c.promisedDue} light={c.light as LightName} now={now} provisional={c.provisional} /> },
    { title: t("clock.statutory"), key: "statutory", width: 190, render: (_, c) => <Due due={c.status === "closed" ? undefined : c.statutoryDue} now={now} provisional={c.provisional} /> },
    { title: t("whoIsWaitedFor"), key: "waits", width: 330, render: (_, c) => (c.status === "closed" ? null : <WaitsOf number={c.number} />) },
    { title: t("case:receivedAt"), key: "at", width: 138, render: (_, c) => <span className="number">{minute(c.receivedAt)}</span> },
  ];
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("title")}</h1>
        <Input.Search key={search.q ?? ""} allowClear style={{ width: 240 }} placeholder={t("case:findCase")} aria-label={t("case:findCase")} defaultValue={search.q} onSearch={(q) => change({ q: q.trim() || undefined })} />
        <Select allowClear style={{ width: 120 }} placeholder={t("case:status")} aria-label={t("case:status")} value={search.status} onChange={(status) => change({ status })}
          options={caseStates.map((s) => ({ value: s, label: t(`case:caseStatus.${s}`) }))} />
        <Select allowClear style={{ width: 190 }} placeholder={t("case:item")} aria-label={t("case:item")} value={search.item} onChange={(item) => change({ item })}
          options={items.data?.items.map((i) => ({ value: i.code, label: i.name }))} />
        <Checkbox checked={!!search.overdue} onChange={(e) => change({ overdue: e.target.checked || undefined })}>{t("case:overdueOnly")}</Checkbox>
        <Checkbox checked={!!closed} onChange={(e) => change({ closed: e.target.checked || undefined })}>{t("withClosed")}</Checkbox>
        {!supervises && <Checkbox checked={!!all} onChange={(e) => change({ all: e.target.checked || undefined })}>{t("withOthers")}</Checkbox>}
      </div>
      {list.error ? <Broken error={list.error} again={() => void list.refetch()} /> : (
        <Table<CaseRow> size="small" rowKey="number" dataSource={rows} columns={columns} loading={list.isPending} pagination={false} scroll={{ x: 1180 }}
          locale={{ emptyText: <Nothing text={supervises || all ? t("noCases") : t("noneLed")} /> }} />
      )}
      {list.hasNextPage && (
        <div style={{ textAlign: "center", marginTop: 12 }}>
          <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("common:action.more")}</Button>
        </div>
      )}
    </div>
  );
}

/** Departments waited for, the same one once; the applicant and time by name. */
function WaitsOf({ number }: { number: string }) {
  const { t } = useTranslation("lead");
  const { data, error } = useQuery(waitsQuery(number));
  if (error) return <span className="muted">—</span>;
  if (!data) return <Skeleton.Input active size="small" />;
  const names = data.waits.map((w) => (w.who === "applicant" ? t("case:applicant") : w.who === "time" ? t("case:time") : (w.whoName ?? w.orgName ?? w.who)));
  return <span className="small">{[...new Set(names)].join(comma()) || t("case:waitsForNobody")}</span>;
}
