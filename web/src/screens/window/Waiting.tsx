// What waits for the window: to look at papers, to accept, to hand out, to call back.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Segmented, Skeleton, Table } from "antd";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { listTasks } from "../../api/gen/sdk.gen";
import type { Task } from "../../api/gen/types.gen";
import { clockQuery } from "../../app/BusinessTime";
import { Due } from "../../parts/Light";
import type { LightName } from "../../parts/Light";
import { CaseNumber } from "../../parts/CaseNumber";
import { Broken, Nothing } from "../../parts/States";

/** As many as a counter looks through; the inbox has them all. */
const most = 100;

export function Waiting() {
  const { t } = useTranslation("window");
  const { kind } = useSearch({ strict: false }) as { kind?: string };
  const go = useNavigate();
  const clock = useQuery(clockQuery);
  const { data, error, refetch } = useQuery({ queryKey: ["tasks", "window"], queryFn: () => answer(listTasks({ query: { state: "open", limit: most } })) });
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton active paragraph={{ rows: 3 }} title={false} />;
  const kinds = [...new Set(data.tasks.map((x) => x.kind))];
  const list = data.tasks.filter((x) => !kind || x.kind === kind);
  const now = clock.data ? new Date(clock.data.now) : undefined;
  if (data.tasks.length === 0) return <Nothing text={t("waiting.none")} />;
  return (
    <>
      <div style={{ display: "flex", gap: 12, alignItems: "center", marginBottom: 8 }}>
        <Segmented
          size="small" value={kind ?? ""} aria-label={t("waiting.kind")}
          onChange={(v) => void go({ search: ((s: Record<string, unknown>) => ({ ...s, kind: v || undefined })) as never, replace: true, to: "." })}
          options={[{ value: "", label: `${t("waiting.all")} ${data.tasks.length}` }, ...kinds.map((k) => ({ value: k as string, label: `${t(`kind.${k}`)} ${data.tasks.filter((x) => x.kind === k).length}` }))]}
        />
        {data.tasks.length === most && <span className="muted small">{t("waiting.first", { count: most })}</span>}
      </div>
      <Table<Task>
        size="small" rowKey={(x) => x.number + x.id} dataSource={list} pagination={{ pageSize: 10, hideOnSinglePage: true, size: "small" }}
        columns={[
          { title: t("waiting.what"), width: 110, render: (_, x) => <Link to={`/window/cases/${x.number}` as string}>{t(`kind.${x.kind}`)}</Link> },
          { title: t("applicant"), render: (_, x) => x.applicant ?? "" },
          { title: t("item"), render: (_, x) => x.itemName ?? "", ellipsis: true },
          { title: t("number"), width: 140, render: (_, x) => <CaseNumber number={x.number} /> },
          { title: t("due"), width: 190, render: (_, x) => <Due due={x.due} light={x.light as LightName} now={now} provisional={x.provisional} /> },
          { title: t("open"), width: 70, render: (_, x) => <Button size="small" onClick={() => void go({ to: `/window/cases/${x.number}` as string })}>{t("open")}</Button> },
        ]}
      />
    </>
  );
}
