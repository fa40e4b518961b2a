// The inbox: what waits for this organisation, the most urgent first.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { App, Button, Input, Segmented, Select, Space, Table, Tag } from "antd";
import type { ColumnsType } from "antd/es/table";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, newKey } from "../../api/client";
import { claimTasks, listItems } from "../../api/gen/sdk.gen";
import type { BatchResult, Task } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { clockQuery } from "../../app/BusinessTime";
import { useAccount } from "../../app/session";
import { Due, Light } from "../../parts/Light";
import type { LightName } from "../../parts/Light";
import { Refusal } from "../../parts/Refusal";
import { Broken, Nothing } from "../../parts/States";
import { minute } from "../../parts/time";
import { BatchAnswer } from "./BatchAnswer";
import { CompleteMany } from "./CompleteMany";
import { DistributeMany } from "./DistributeMany";
import { SavedFilters } from "./SavedFilters";
import { inboxRoute, sorts } from "./routes";
import type { InboxFilter } from "./routes";
import { inboxQuery } from "./tasks";

export default function Inbox() {
  const { t, i18n } = useTranslation("desk");
  const english = i18n.language.startsWith("en");
  const filter = inboxRoute.useSearch();
  const go = useNavigate({ from: inboxRoute.fullPath });
  const account = useAccount();
  const tasks = useInfiniteQuery(inboxQuery(filter));
  // Somebody may move business time in a trial: lights are of its time, not of this browser's.
  const clock = useQuery({ ...clockQuery, refetchInterval: clockEvery });
  const cache = useQueryClient();
  const offset = clock.data?.offset;
  const before = useRef(offset);
  useEffect(() => {
    if (before.current !== undefined && before.current !== offset) void cache.invalidateQueries({ queryKey: ["tasks"] });
    before.current = offset;
  }, [cache, offset]);
  const counts = tasks.data?.pages[0]?.counts;
  const items = useQuery({ queryKey: ["items"], queryFn: () => answer(listItems()), staleTime: 60_000 });
  const now = clock.data ? new Date(clock.data.now) : undefined;
  const list = useMemo(() => (tasks.data?.pages ?? []).flatMap((p) => p.tasks), [tasks.data]);
  const [picked, setPicked] = useState<string[]>([]);
  const chosen = list.filter((x) => picked.includes(key(x)));
  const set = (part: Partial<InboxFilter>) => {
    setPicked([]);
    void go({ search: (s) => Object.fromEntries(Object.entries({ ...s, ...part }).filter(([, v]) => v !== undefined && v !== "")) as InboxFilter });
  };
  const columns: ColumnsType<Task> = [
    {
      title: t("due"), key: "due", width: 210,
      render: (_, x) => (
        <>
          <Due due={x.due} light={x.light as LightName} now={now} provisional={x.provisional} stopped={x.light === "grey"} />
          {x.stop && <div className="muted small">{t(x.stop.until ? "stoppedUntil" : "stopped", { why: inLanguage(x.stop.name, i18n.language), day: x.stop.until })}</div>}
          {x.why?.zh && <div className="muted small">{english ? x.why.en : x.why.zh}</div>}
        </>
      ),
    },
    {
      title: t("what"), key: "what",
      render: (_, x) => (
        <Link to="/tasks/$number/$task" params={{ number: x.number, task: x.id }} search={filter} style={{ fontWeight: 600 }}>
          {t(`kind.${x.kind}` as "kind.work")} · {x.stepName}
        </Link>
      ),
    },
    { title: t("case"), key: "case", render: (_, x) => <>{x.applicant ?? "—"} <span className="muted small">{x.itemName}</span></> },
    { title: t("number"), key: "number", width: 160, render: (_, x) => <Link to="/cases/$number" params={{ number: x.number }} className="number" title={x.number}>…{x.number.slice(-12)}</Link> },
    {
      title: t("who"), key: "who", width: 130,
      render: (_, x) => x.claimed
        ? <Tag color={x.claimed === account.id ? "blue" : "default"}>{x.claimed === account.id ? t("mine") : (x.claimedName ?? t("taken"))}</Tag>
        : <span className="muted">{t("free")}</span>,
    },
    { title: t("since"), key: "since", width: 140, render: (_, x) => <span className="number muted">{minute(x.openedAt)}</span> },
  ];
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("title", { org: account.orgName })}</h1>
        <span className="grow" />
        <Input.Search key={filter.q ?? ""} allowClear style={{ width: 220 }} placeholder={t("find")} aria-label={t("find")} defaultValue={filter.q ?? ""} onSearch={(q) => set({ q: q.trim().length > 1 ? q.trim() : undefined } as Partial<InboxFilter>)} />
        <SavedFilters filter={filter} onPick={(f) => { setPicked([]); void go({ search: f }); }} />
      </div>
      <Space wrap style={{ marginBottom: 12 }}>
        <Segmented<string> aria-label={t("light")} value={filter.light ?? ""} onChange={(v) => set({ light: (v || undefined) as LightName | undefined })}
          options={[
            { value: "", label: <span>{t("all")}{counts && <Count n={counts.red + counts.yellow + counts.green + counts.grey} />}</span> },
            ...(["red", "yellow", "green", "grey"] as const).map((l) => ({ value: l, label: <span><Light light={l} />{counts && <Count n={counts[l]} />}</span> })),
          ]} />
        <Segmented<string> aria-label={t("state")} value={filter.state ?? "open"} onChange={(v) => set({ state: v === "open" ? undefined : (v as InboxFilter["state"]) } as Partial<InboxFilter>)}
          options={(["open", "mine", "free", "done"] as const).map((s) => ({ value: s, label: t(`states.${s}`) }))} />
        <Select allowClear style={{ minWidth: 200 }} placeholder={t("item")} aria-label={t("item")} value={filter.item ?? null} onChange={(v) => set({ item: v ?? undefined } as Partial<InboxFilter>)}
          options={(items.data?.items ?? []).map((i) => ({ value: i.code, label: i.name }))} />
        <Select style={{ minWidth: 130 }} aria-label={t("sort")} value={filter.sort ?? "due"} disabled={filter.state === "done"} onChange={(v) => set({ sort: v === "due" ? undefined : v } as Partial<InboxFilter>)}
          options={sorts.map((v) => ({ value: v, label: t(`sorts.${v}`) }))} />
      </Space>
      {chosen.length > 0 && <Batch chosen={chosen} onDone={() => setPicked([])} />}
      {tasks.error && !tasks.data ? <Broken error={tasks.error} again={() => void tasks.refetch()} /> : (
        <Table<Task>
          size="small"
          rowKey={key}
          columns={columns}
          dataSource={list}
          loading={tasks.isPending}
          pagination={false}
          rowSelection={filter.state === "done" ? undefined : { selectedRowKeys: picked, onChange: (keys) => setPicked(keys as string[]), getCheckboxProps: (x) => ({ "aria-label": `${x.stepName} ${x.number.slice(-6)}` } as object) }}
          onRow={(x) => ({ onDoubleClick: () => void go({ to: "/tasks/$number/$task", params: { number: x.number, task: x.id }, search: filter }) })}
          locale={{ emptyText: <Nothing text={Object.keys(filter).length ? t("noneHere") : t("none")}>{Object.keys(filter).length > 0 && <Button onClick={() => void go({ search: {} })}>{t("clear")}</Button>}</Nothing> }}
        />
      )}
      {tasks.hasNextPage && (
        <div style={{ textAlign: "center", marginTop: 12 }}>
          <Button loading={tasks.isFetchingNextPage} onClick={() => void tasks.fetchNextPage()}>{t("common:action.more")}</Button>
        </div>
      )}
    </div>
  );
}

/** How often the business time is asked for, in ms. */
const clockEvery = 5_000;

const Count = ({ n }: { n: number }) => <span className="number" style={{ marginInlineStart: 6, fontWeight: 600 }}>{n}</span>;

const key = (x: Task) => `${x.number} ${x.id}`;

/** What can be done with several tasks at once. Each is an act of its own: one refused holds up no other. */
function Batch({ chosen, onDone }: { chosen: Task[]; onDone: () => void }) {
  const { t } = useTranslation("desk");
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [result, setResult] = useState<BatchResult>();
  const [form, setForm] = useState<"complete" | "distribute">();
  const claim = useMutation({
    mutationFn: () => answer(claimTasks({ headers: { "Idempotency-Key": newKey() }, body: { tasks: chosen.map((x) => ({ number: x.number, task: x.id })) } })),
    onSuccess: (r) => {
      void cache.invalidateQueries({ queryKey: ["tasks"] });
      if (r.results.some((x) => x.state === "refused")) setResult(r);
      else {
        void message.success(t("claimed", { count: r.results.length }));
        onDone();
      }
    },
  });
  const close = () => setForm(undefined);
  const done = (r: BatchResult) => {
    close();
    setResult(r);
    void cache.invalidateQueries({ queryKey: ["tasks"] });
  };
  return (
    <div style={{ marginBottom: 12 }}>
      <Space wrap>
        <span>{t("chosen", { count: chosen.length })}</span>
        <Button loading={claim.isPending} onClick={() => claim.mutate()}>{t("claimMany")}</Button>
        <Button onClick={() => setForm("distribute")}>{t("distributeMany")}</Button>
        <Button onClick={() => setForm("complete")}>{t("completeMany")}</Button>
        <Button type="text" onClick={onDone}>{t("unpick")}</Button>
      </Space>
      <Refusal error={claim.error} />
      {result && <BatchAnswer result={result} tasks={chosen} onClose={() => { setResult(undefined); onDone(); }} />}
      {form === "complete" && <CompleteMany tasks={chosen} onClose={close} onDone={done} />}
      {form === "distribute" && <DistributeMany tasks={chosen} onClose={close} onDone={done} />}
    </div>
  );
}
