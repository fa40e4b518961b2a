// The case page all share: what each may see of it comes from the server.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Alert, Button, Card, Descriptions, Skeleton, Table, Tabs, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { clockQuery } from "../../app/BusinessTime";
import { caseRoles, has, useAccount } from "../../app/session";
import { ActBar } from "../../parts/acts/ActBar";
import { lookOf } from "../../parts/acts/catalogue";
import { caseActsQuery } from "../../parts/acts/options";
import { CaseFlow } from "../../parts/case/CaseFlow";
import { Clocks } from "../../parts/case/Clocks";
import { Dossier } from "../../parts/case/Dossier";
import { FormView } from "../../parts/case/FormView";
import { Letters } from "../../parts/case/Letters";
import { Notices } from "../../parts/case/Notices";
import { Opinions } from "../../parts/case/Opinions";
import { Papers } from "../../parts/case/Papers";
import { TemporalLink } from "../../parts/case/TemporalLink";
import { Talk } from "../../parts/case/Talk";
import { Timeline } from "../../parts/case/Timeline";
import { Waits } from "../../parts/case/Waits";
import { caseQuery, caseTasksQuery, resultsQuery } from "../../parts/case/queries";
import { Due } from "../../parts/Light";
import type { LightName } from "../../parts/Light";
import { Broken, Nothing } from "../../parts/States";
import { minute } from "../../parts/time";
import { Status } from "./Cases";
import { caseRoute } from "./routes";

export default function CasePage() {
  const { number } = caseRoute.useParams();
  const { t } = useTranslation("case");
  const { tab = "timeline", act } = caseRoute.useSearch();
  const go = useNavigate({ from: caseRoute.fullPath });
  const account = useAccount();
  const page = useQuery(caseQuery(number));
  const clock = useQuery(clockQuery);
  const acts = useQuery({ ...caseActsQuery(number), enabled: has(account, ...caseRoles) });
  if (page.error) return <Broken error={page.error} again={() => void page.refetch()} />;
  if (!page.data) return <div className="page"><Skeleton active /></div>;
  const c = page.data.case;
  // What belongs to a task is done on its page; here are the acts on the case as a whole.
  const whole = (acts.data ?? []).filter((o) => !["conclude", "work"].includes(lookOf(o.act).group));
  return (
    <div className="page">
      <div className="page-head">
        <h1>{c.applicant?.name ?? t("hidden")}</h1>
        <span>{c.itemName}</span>
        <span className="number muted">{number}</span>
        <Status row={c} />
        {c.status !== "closed" && <Due due={c.promisedDue ?? c.statutoryDue} light={c.light as LightName} now={clock.data ? new Date(clock.data.now) : undefined} provisional={c.provisional} />}
        <span className="grow" />
        <TemporalLink number={number} />
        {has(account, "lead", "organ-head", "supervisor", "approve") && <Link to={"/joint/$number" as "/cases/$number"} params={{ number }}>{t("jointView")}</Link>}
      </div>
      <div className="columns">
        <div className="wide">
          {whole.length > 0 && (
            <Card size="small" style={{ marginBottom: 12 }}>
              <ActBar options={whole} target={{ number, item: c.item, version: c.version }} open={act} onOpen={(a) => void go({ search: (s: object) => ({ ...s, act: a }), replace: true } as never)} />
            </Card>
          )}
          <Tabs
            activeKey={tab}
            onChange={(key) => void go({ search: { tab: key }, replace: true })}
            items={[
              { key: "timeline", label: t("tab.timeline"), children: <Timeline number={number} /> },
              { key: "papers", label: t("tab.papers"), children: <Papers number={number} /> },
              { key: "opinions", label: t("tab.opinions"), children: <Opinions number={number} /> },
              { key: "notices", label: t("tab.notices"), children: <Notices number={number} /> },
              { key: "letters", label: t("tab.letters"), children: <Letters number={number} /> },
              { key: "results", label: t("tab.results"), children: <Results number={number} /> },
              { key: "flow", label: t("tab.flow"), children: <CaseFlow number={number} height={520} /> },
              { key: "tasks", label: t("tab.tasks"), children: <Tasks number={number} /> },
              { key: "dossier", label: t("tab.dossier"), children: <Dossier number={number} /> },
              { key: "talk", label: t("tab.talk"), children: <Talk number={number} /> },
              { key: "form", label: t("tab.form"), children: <FormView number={number} /> },
            ]}
          />
        </div>
        <div className="side rows">
          <Card size="small" title={t("waitsFor")}><Waits number={number} /></Card>
          <Card size="small" title={t("clocks")}><Clocks number={number} /></Card>
          <Card size="small">
            <Descriptions size="small" column={1} items={[
              { key: "r", label: t("receivedAt"), children: minute(c.receivedAt) },
              ...(c.acceptedOn ? [{ key: "a", label: t("acceptedOn"), children: c.acceptedOn }] : []),
              { key: "c", label: t("channel"), children: t(`channels.${c.channel}`, { defaultValue: c.channel }) },
              { key: "v", label: t("version"), children: c.version },
              ...(c.flags?.length ? [{ key: "f", label: t("flags"), children: c.flags.map((f) => <Tag key={f}>{t(`flag.${f}`, { defaultValue: f })}</Tag>) }] : []),
            ]} />
          </Card>
        </div>
      </div>
    </div>
  );
}

function Results({ number }: { number: string }) {
  const { t } = useTranslation("case");
  const { data, error, refetch } = useQuery(resultsQuery(number));
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton active />;
  if (!data.results.length) return <Nothing text={t("noResults")} />;
  return (
    <Table size="small" rowKey="id" pagination={false} dataSource={data.results} columns={[
      { title: t("result"), render: (_, r) => <>{r.name} {r.annulled && <Tag color="red">{t("annulled")}</Tag>}{r.corrected && <Tag color="gold">{t("corrected")}</Tag>}</> },
      { title: t("resultNumber"), dataIndex: "number" },
      { title: t("org"), render: (_, r) => r.orgName ?? r.org },
      { title: t("at"), width: 150, render: (_, r) => minute(r.at) },
      { title: t("validUntil"), width: 120, dataIndex: "until" },
      { title: t("handedOut"), width: 170, render: (_, r) => (r.done ? `${minute(r.done)} ${r.way ? t(`way.${r.way}`, { defaultValue: r.way }) : ""}` : t("notYet")) },
    ]} />
  );
}

function Tasks({ number }: { number: string }) {
  const { t } = useTranslation("case");
  const { data, error, refetch } = useQuery(caseTasksQuery(number));
  const clock = useQuery(clockQuery);
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton active />;
  if (!data.tasks.length) return <Alert type="info" showIcon title={t("noTasks")} />;
  return (
    <Table size="small" rowKey="id" pagination={false} dataSource={data.tasks} columns={[
      { title: t("task"), render: (_, x) => <Link to="/tasks/$number/$task" params={{ number, task: x.id }}>{t(`desk:kind.${x.kind}` as "desk:kind.work")} · {x.stepName}</Link> },
      { title: t("org"), render: (_, x) => (x.party === "applicant" ? t("applicant") : (x.orgName ?? x.org ?? x.party)) },
      { title: t("desk:who"), width: 110, render: (_, x) => x.doneByName ?? x.claimedName ?? (x.status === "open" && x.party !== "applicant" ? <span className="muted">{t("desk:free")}</span> : "—") },
      { title: t("status"), width: 100, render: (_, x) => t(`desk:status.${x.status}` as "desk:status.open") },
      { title: t("due"), width: 210, render: (_, x) => <Due due={x.due} light={x.light as LightName} now={x.status === "open" && clock.data ? new Date(clock.data.now) : undefined} provisional={x.provisional} /> },
      { title: "", width: 90, render: (_, x) => (x.status === "open" ? <Link to="/tasks/$number/$task" params={{ number, task: x.id }}><Button size="small">{t("open")}</Button></Link> : null) },
    ]} />
  );
}
