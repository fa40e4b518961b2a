// One case at the counter: what the window has to do with it now, first; then what the person in front of it
// may ask for.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Alert, Card, Tabs, Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { Task } from "../../api/gen/types.gen";
import { clockQuery } from "../../app/BusinessTime";
import { Due } from "../../parts/Light";
import type { LightName } from "../../parts/Light";
import { FormView } from "../../parts/case/FormView";
import { Letters } from "../../parts/case/Letters";
import { Notices } from "../../parts/case/Notices";
import { Papers } from "../../parts/case/Papers";
import { Timeline } from "../../parts/case/Timeline";
import { Waits } from "../../parts/case/Waits";
import { caseQuery, caseTasksQuery } from "../../parts/case/queries";
import { Broken, Loading } from "../../parts/States";
import { AcceptCheck } from "./AcceptCheck";
import { CounterActs } from "./CounterActs";
import { Handover } from "./Handover";
import { NewCode } from "./NewCode";
import { RateHere } from "./RateHere";
import { TaskPanel } from "./TaskPanel";
import "./filing.css";
import "./window.css";

/** What the applicant does and the counter writes down for him; rating is his own alone. */
const forApplicant = new Set<Task["kind"]>(["answer", "rectify", "duty", "request"]);

export default function CounterCase() {
  const { number } = useParams({ strict: false }) as { number: string };
  const { t } = useTranslation("window");
  const page = useQuery(caseQuery(number));
  const tasks = useQuery(caseTasksQuery(number));
  const clock = useQuery(clockQuery);
  const broken = page.error ?? tasks.error;
  if (broken) return <Broken error={broken} again={() => void Promise.all([page.refetch(), tasks.refetch()])} />;
  if (!page.data || !tasks.data) return <Loading />;
  const c = page.data.case;
  const now = clock.data ? new Date(clock.data.now) : undefined;
  const open = tasks.data.tasks.filter((x) => x.status === "open");
  const intake = open.find((x) => (x.kind === "look" || x.kind === "accept") && x.role === "clerk") ?? open.find((x) => x.kind === "accept");
  const mine = open.filter((x, i) => {
    if (x.kind === "look" || x.kind === "accept") return false;
    // What is ready is handed out together: one form for all of a step.
    if (x.kind === "hand") return x.role === "clerk" && open.findIndex((y) => y.kind === "hand" && y.step === x.step) === i;
    return (forApplicant.has(x.kind) && x.party === "applicant") || x.role === "clerk";
  });
  const collecting = c.status === "received";
  return (
    <div className="page">
      <div className="page-head">
        <h1>{c.applicant?.name} · {c.itemName}</h1>
        <Tag>{t(`status.${c.status}`)}</Tag>
        {c.outcome && <span>{t(`outcome.${c.outcome}`, { defaultValue: c.outcome })}</span>}
        {c.status !== "closed" && (c.promisedDue ?? c.statutoryDue) && <Due due={c.promisedDue ?? c.statutoryDue} light={c.light as LightName} now={now} provisional={c.provisional} />}
        <span className="grow" />
        <Link to="/window">{t("back")}</Link>
        <Link to={`/cases/${number}` as string}>{t("whole")}</Link>
      </div>
      <p className="muted small number" style={{ margin: "-8px 0 12px" }}>{t("number")} {number}</p>
      <div className="columns">
        <div className="wide rows">
          {intake && collecting && <AcceptCheck number={number} step={intake.step} item={c.item} version={c.version} />}
          {mine.map((x) => <TaskPanel key={x.id} task={x} number={number} item={c.item} version={c.version} now={now} />)}
          {!intake && mine.length === 0 && <Alert type="info" showIcon title={t(c.status === "closed" ? "counter.closed" : "counter.nothing")} />}
          <Card size="small">
            <Tabs items={[
              { key: "papers", label: t("tab.papers"), children: <Papers number={number} /> },
              { key: "form", label: t("tab.form"), children: <FormView number={number} /> },
              { key: "notices", label: t("tab.notices"), children: <Notices number={number} /> },
              { key: "letters", label: t("tab.letters"), children: <><Handover number={number} /><Letters number={number} /></> },
              { key: "history", label: t("tab.history"), children: <Timeline number={number} /> },
            ]} />
          </Card>
        </div>
        <aside className="side rows" aria-label={t("counter.side")}>
          <Card size="small" title={t("counter.waits")}><Waits number={number} /></Card>
          <RateHere number={number} tasks={open} />
          <NewCode number={number} />
          <CounterActs number={number} item={c.item} version={c.version} />
        </aside>
      </div>
    </div>
  );
}
