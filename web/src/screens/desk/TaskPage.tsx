// One task: what is to be judged beside what it is judged by, and every act, allowed or why not.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button, Card, Result, Skeleton, Space, Tabs, Tag } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Task } from "../../api/gen/types.gen";
import { clockQuery } from "../../app/BusinessTime";
import { useAccount } from "../../app/session";
import { ActBar } from "../../parts/acts/ActBar";
import { answersOf, nextOnDuty } from "../../parts/acts/catalogue";
import { taskActsQuery } from "../../parts/acts/options";
import { CaseFlow } from "../../parts/case/CaseFlow";
import { Clocks } from "../../parts/case/Clocks";
import { DelayCard } from "../../parts/case/Delay";
import { DutyCard, useDuty } from "../../parts/case/Duty";
import { FormView } from "../../parts/case/FormView";
import { Notices } from "../../parts/case/Notices";
import { Opinions } from "../../parts/case/Opinions";
import { Talk } from "../../parts/case/Talk";
import { Timeline } from "../../parts/case/Timeline";
import { findStep } from "../../parts/case/definition";
import { caseQuery, caseTasksQuery, versionQuery } from "../../parts/case/queries";
import { Due } from "../../parts/Light";
import type { LightName } from "../../parts/Light";
import { Broken } from "../../parts/States";
import { Lookers } from "./Lookers";
import { SideBySide } from "./SideBySide";
import { useActDrafts } from "./drafts";
import { inboxFilter, taskRoute } from "./routes";
import { inboxQuery, nextTask } from "./tasks";

export default function TaskPage() {
  const { number, task: id } = taskRoute.useParams();
  const { t } = useTranslation("desk");
  const tasks = useQuery(caseTasksQuery(number));
  if (tasks.error) return <Broken error={tasks.error} again={() => void tasks.refetch()} />;
  if (!tasks.data) return <div className="page"><Skeleton active /></div>;
  const task = tasks.data.tasks.find((x) => x.id === id);
  if (!task) return <Result status="404" title={t("noTask")} extra={<Link to="/cases/$number" params={{ number }}>{t("toCase")}</Link>} />;
  return <OneTask key={number + id} task={{ ...task, number }} />;
}

function OneTask({ task }: { task: Task }) {
  const { t } = useTranslation("desk");
  const search = taskRoute.useSearch();
  const go = useNavigate({ from: taskRoute.fullPath });
  const account = useAccount();
  const { number } = task;
  const page = useQuery(caseQuery(number));
  const clock = useQuery(clockQuery);
  const acts = useQuery(taskActsQuery(number, task.id));
  const filter = useMemo(() => inboxFilter(search as Record<string, unknown>), [search]);
  const inbox = useInfiniteQuery(inboxQuery(filter));
  const list = useMemo(() => (inbox.data?.pages ?? []).flatMap((p) => p.tasks), [inbox.data]);
  const next = nextTask(list, number, task.id);
  const drafts = useActDrafts(number, task.id);
  const duty = useDuty(number, ["duty", "judge"].includes(task.kind) ? task.about : undefined);
  const c = page.data?.case;
  const version = useQuery({ ...versionQuery(c?.item ?? "", c?.version ?? ""), enabled: !!c });
  const step = findStep(version.data?.process, task.step);
  const now = clock.data ? new Date(clock.data.now) : undefined;
  const toNext = () => {
    if (next) void go({ to: "/tasks/$number/$task", params: { number: next.number, task: next.id }, search: filter });
    else void go({ to: "/inbox", search: filter });
  };
  const tab = search.tab ?? "work";
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t(`kind.${task.kind}` as "kind.work")} · {task.stepName}</h1>
        <span>{c?.applicant?.name} <span className="muted">{c?.itemName}</span></span>
        <Link to="/cases/$number" params={{ number }} className="number">{number}</Link>
        <Due due={task.due} light={task.light as LightName} now={now} provisional={task.provisional} stopped={(task.light as string) === "grey"} />
        {task.claimed && <Tag color={task.claimed === account.id ? "blue" : "gold"}>{task.claimed === account.id ? t("mine") : t("takenBy", { who: task.claimedName ?? t("taken") })}</Tag>}
        {task.status === "open" && <Lookers number={number} task={task.id} />}
        <span className="grow" />
        <Space>
          <Link to="/inbox" search={filter}>{t("toInbox")}</Link>
          <Button size="small" disabled={!next} onClick={toNext}>{t("next")}</Button>
        </Space>
      </div>
      {task.status !== "open" ? (
        <Card size="small" style={{ marginBottom: 12 }}>
          <Space>{t(`closed.${task.status}`)}{next && <Button type="primary" size="small" onClick={toNext}>{t("next")}</Button>}</Space>
        </Card>
      ) : (
        <Card size="small" style={{ marginBottom: 12 }}>
          {acts.error ? <Broken error={acts.error} again={() => void acts.refetch()} /> : acts.data && drafts ? (
            <ActBar
              options={acts.data}
              target={{ number, step: task.step, task: task.id, item: c?.item, version: c?.version }}
              next={duty && nextOnDuty(duty)}
              answers={answersOf[task.kind]}
              drafts={drafts}
              open={search.act}
              onOpen={(act) => void go({ search: (s: object) => ({ ...s, act }), replace: true } as never)}
              onDone={(act) => {
                // The task is done with a conclusion; staying acts leave the page where it is.
                if (concluding.has(act)) toNext();
              }}
            />
          ) : <Skeleton.Button active />}
        </Card>
      )}
      <Tabs
        activeKey={tab}
        onChange={(key) => void go({ search: (s: object) => ({ ...s, tab: key }), replace: true } as never)}
        items={[
          {
            key: "work", label: t("tab.work"), children: (
              <div className="columns">
                <div className="wide rows">
                  {task.kind === "delay" && <DelayCard number={number} id={task.id} />}
                  {duty && <DutyCard number={number} of={duty} />}
                  <SideBySide number={number} step={step} definition={version.data} kind={task.kind} />
                </div>
                <div className="side rows">
                  <Card size="small" title={t("clocks")}><Clocks number={number} step={task.step} /></Card>
                  <Card size="small" title={t("form")}><FormView number={number} narrow /></Card>
                </div>
              </div>
            ),
          },
          { key: "opinions", label: t("tab.opinions"), children: <Opinions number={number} except={task.step} /> },
          { key: "notices", label: t("tab.notices"), children: <Notices number={number} /> },
          { key: "history", label: t("tab.history"), children: <Timeline number={number} /> },
          { key: "flow", label: t("tab.flow"), children: <CaseFlow number={number} selected={task.step} /> },
          { key: "talk", label: t("tab.talk"), children: <Talk number={number} /> },
        ]}
      />
    </div>
  );
}

/** Acts after which the task is out of one's hands. */
const concluding = new Set([
  "gap", "clear", "answer", "accept", "refuse", "pass", "sendBack", "grant", "deny", "agree", "agreeWith", "disagree", "notConcerned", "return", "continue", "stop",
  "arrange", "record", "rectify", "recheck", "post", "uphold", "dismiss", "hand", "fulfil", "judge", "annul", "keep", "reply", "transfer", "delegate", "giveBack",
]);
