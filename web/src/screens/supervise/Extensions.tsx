// Limits that can still be extended: of each open case, which clocks, until when, and by whom it is not allowed and why.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Checkbox, Skeleton, Table } from "antd";
import type { TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { listCases } from "../../api/gen/sdk.gen";
import type { CaseRow } from "../../api/gen/types.gen";
import { clockQuery } from "../../app/BusinessTime";
import { inLanguage } from "../../app/language";
import { caseActsQuery } from "../../parts/acts/options";
import { CaseLink } from "../../parts/CaseLink";
import { Due } from "../../parts/Light";
import type { LightName } from "../../parts/Light";
import { Broken, Nothing } from "../../parts/States";
import { clean } from "../../parts/search";
import { Mark } from "../../parts/Mark";
import { ActDrawer } from "../lead/LeadActs";
import { extensionsRoute } from "./routes";

/** Each row asks what may be done in its case: as many as are read at once. */
const rowsAtOnce = 20;

export default function Extensions() {
  const { t } = useTranslation("supervise");
  const search = extensionsRoute.useSearch();
  const go = useNavigate({ from: extensionsRoute.fullPath });
  const change = (next: Partial<typeof search>) => void go({ search: clean({ ...search, ...next }) });
  const clock = useQuery(clockQuery);
  const now = clock.data ? new Date(clock.data.now) : undefined;
  const list = useInfiniteQuery({
    queryKey: ["cases", "extensions", search.overdue],
    queryFn: ({ pageParam }) => answer(listCases({ query: clean({ open: true, overdue: search.overdue, limit: rowsAtOnce, cursor: pageParam || undefined }) })),
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
  });
  const rows = list.data?.pages.flatMap((p) => p.cases) ?? [];
  const open = rows.find((c) => c.number === search.number);
  const columns: TableColumnsType<CaseRow> = [
    { title: t("case:applicantName"), key: "who", render: (_, c) => <>{c.applicant?.name ?? t("case:hidden")}<div className="small muted">{c.itemName}</div></> },
    { title: t("case:number"), key: "number", width: 370, render: (_, c) => <CaseLink number={c.number} /> },
    { title: t("lead:clock.promised"), key: "promised", width: 190, render: (_, c) => <Due due={c.promisedDue} light={c.light as LightName} now={now} provisional={c.provisional} /> },
    { title: t("lead:clock.statutory"), key: "statutory", width: 190, render: (_, c) => <Due due={c.statutoryDue} now={now} provisional={c.provisional} /> },
    { title: t("extension.can"), key: "can", width: 290, render: (_, c) => <Possible number={c.number} onExtend={() => change({ number: c.number })} /> },
  ];
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("extension.title")}</h1>
        <Checkbox checked={!!search.overdue} onChange={(e) => change({ overdue: e.target.checked || undefined })}>{t("case:overdueOnly")}</Checkbox>
        <span className="muted">{t("extension.why")}</span>
      </div>
      {list.error ? <Broken error={list.error} again={() => void list.refetch()} /> : (
        <Table<CaseRow> size="small" rowKey="number" dataSource={rows} columns={columns} loading={list.isPending} pagination={false} scroll={{ x: 1180 }} locale={{ emptyText: <Nothing text={t("extension.none")} /> }} />
      )}
      {list.hasNextPage && (
        <div style={{ textAlign: "center", marginTop: 12 }}>
          <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("common:action.more")}</Button>
        </div>
      )}
      {open && <ActDrawer of={open} open={{ act: "extend" }} onClose={() => change({ number: undefined })} />}
    </div>
  );
}

/** The clocks of a case the caller may extend, or why none. */
function Possible({ number, onExtend }: { number: string; onExtend: () => void }) {
  const { i18n } = useTranslation("supervise");
  const { data, error } = useQuery(caseActsQuery(number));
  if (error) return <span className="muted">—</span>;
  if (!data) return <Skeleton.Input active size="small" />;
  const extend = data.find((o) => o.act === "extend");
  if (!extend?.allowed) return <span className="small muted">{inLanguage(extend?.refusal, i18n.language)}</span>;
  const clocks = extend.fields.find((f) => f.field === "clock")?.choices ?? [];
  return (
    <span style={{ display: "inline-flex", gap: 8, alignItems: "center", flexWrap: "wrap" }}>
      {clocks.map((c) => <Mark key={c.id}>{inLanguage(c.name, i18n.language) || c.id}</Mark>)}
      <Button size="small" onClick={onExtend}>{inLanguage(extend.name, i18n.language)}</Button>
    </span>
  );
}
