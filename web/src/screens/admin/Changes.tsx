// Who changed what in the directory, the newest first, with what was different.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Input, Select, Table } from "antd";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { listAdministration } from "../../api/gen/sdk.gen";
import type { AdminChange } from "../../api/gen/types.gen";
import { Broken, Nothing } from "../../parts/States";
import { clean } from "../../parts/search";
import { minute } from "../../parts/time";
import { colon } from "../../texts/marks";
import { differences } from "./differences";
import { changesRoute, kinds } from "./routes";

export default function Changes() {
  const { t } = useTranslation("admin");
  const search = changesRoute.useSearch();
  const go = useNavigate({ from: changesRoute.fullPath });
  const change = (next: Partial<typeof search>) => void go({ search: clean({ ...search, ...next }) });
  const list = useInfiniteQuery({
    queryKey: ["administration", "list", search],
    queryFn: ({ pageParam }) => answer(listAdministration({ query: { ...search, limit: 100, ...(pageParam ? { before: pageParam } : {}) } })),
    initialPageParam: 0,
    getNextPageParam: (last) => last.next || undefined,
  });
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("part.changes")}</h1>
        <Select allowClear style={{ width: 140 }} placeholder={t("change.kind")} aria-label={t("change.kind")} value={search.kind} options={kinds.map((k) => ({ value: k, label: t(`adminKind.${k}`) }))} onChange={(kind) => change({ kind })} />
        <Input.Search key={search.subject ?? ""} allowClear style={{ width: 260 }} placeholder={t("change.subject")} aria-label={t("change.subject")} defaultValue={search.subject} onSearch={(subject) => change({ subject: subject.trim() || undefined })} />
      </div>
      {list.error ? <Broken error={list.error} again={() => void list.refetch()} /> : (
        <Table<AdminChange> size="small" rowKey="id" loading={list.isPending} dataSource={list.data?.pages.flatMap((p) => p.changes) ?? []} pagination={false} locale={{ emptyText: <Nothing text={t("change.none")} /> }} columns={[
          { title: t("change.at"), key: "at", width: 150, render: (_, c) => <span className="number">{minute(c.at)}</span> },
          { title: t("change.by"), key: "by", width: 140, render: (_, c) => c.byName || c.by },
          { title: t("change.what"), key: "what", width: 130, render: (_, c) => <>{t(`adminKind.${c.kind}`)} {t(`adminAct.${c.act}`, { defaultValue: c.act })}</> },
          { title: t("change.subject"), dataIndex: "subject", width: 220 },
          { title: t("change.difference"), key: "difference", render: (_, c) => differences(c.before, c.after).map((d) => (
            <div key={d.field} className="small"><span className="muted">{t(`adminField.${d.field}`, { defaultValue: d.field })}{colon()}</span>{d.from !== undefined && <><del>{d.from}</del> → </>}{d.to ?? "—"}</div>
          )) },
        ]} />
      )}
      {list.hasNextPage && <div style={{ textAlign: "center", marginTop: 12 }}><Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("common:action.more")}</Button></div>}
    </div>
  );
}
