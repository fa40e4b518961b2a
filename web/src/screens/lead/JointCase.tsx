// A joint case at a glance: its limits, a lane per department, the notice before it goes, what the lead may do.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button, Card, Skeleton, Tabs } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { getCaseFlow } from "../../api/gen/sdk.gen";
import type { Case } from "../../api/gen/types.gen";
import { clockQuery } from "../../app/BusinessTime";
import { CaseFlow } from "../../parts/case/CaseFlow";
import { Clocks } from "../../parts/case/Clocks";
import { Notices } from "../../parts/case/Notices";
import { Opinions } from "../../parts/case/Opinions";
import { Talk } from "../../parts/case/Talk";
import { caseQuery, clocksQuery, waitsQuery } from "../../parts/case/queries";
import { Broken, Nothing } from "../../parts/States";
import { clean } from "../../parts/search";
import { comma } from "../../texts/marks";
import { CaseStatus } from "./CaseStatus";
import { Gathering } from "./Gathering";
import { Lane } from "./Lane";
import { LeadActs } from "./LeadActs";
import { LimitBar } from "./LimitBar";
import { lanesOf } from "./lanes";
import "./lead.css";
import { jointCaseRoute } from "./routes";

export default function JointCase() {
  const { number } = jointCaseRoute.useParams();
  const page = useQuery(caseQuery(number));
  const clock = useQuery(clockQuery);
  const error = page.error ?? clock.error;
  if (error) return <Broken error={error} again={() => void page.refetch()} />;
  if (!page.data || !clock.data) return <div className="page"><Skeleton active /></div>;
  return <Whole page={page.data} now={new Date(clock.data.now)} />;
}

function Whole({ page, now }: { page: Case; now: Date }) {
  const { t } = useTranslation("lead");
  const { tab = "lanes", act, step } = jointCaseRoute.useSearch();
  const go = useNavigate({ from: jointCaseRoute.fullPath });
  const { number } = page.case;
  const open = act ? { act, step } : undefined;
  const show = (next: { tab?: string; act?: string | undefined; step?: string | undefined }) => void go({ search: clean({ tab, act, step, ...next }), replace: true });
  return (
    <div className="page rows">
      <div className="page-head" style={{ marginBottom: 0 }}>
        <h1>{page.case.applicant?.name ?? t("case:hidden")}</h1>
        <span>{page.case.itemName}</span>
        <Link to="/cases/$number" params={{ number }} className="number">{number}</Link>
        <CaseStatus of={page.case} />
        <span className="grow" />
        <Link to="/joint">{t("back")}</Link>
      </div>
      <div className="columns" style={{ alignItems: "stretch" }}>
        <Card size="small" style={{ flex: "0 0 46%" }} aria-label={t("caseLimits")}><CaseLimits number={number} now={now} /></Card>
        <Card size="small" className="wide"><LeadActs of={page.case} open={open} onOpen={(o) => show({ act: o?.act, step: o?.step })} /></Card>
      </div>
      <Gathering number={number} now={now} />
      <Tabs
        activeKey={tab}
        onChange={(key) => show({ tab: key })}
        items={[
          { key: "lanes", label: t("lanes"), children: <Lanes page={page} now={now} onAct={(a, s) => show({ act: a, step: s })} /> },
          { key: "clocks", label: t("clocks"), children: <Clocks number={number} /> },
          { key: "opinions", label: t("case:tab.opinions"), children: <Opinions number={number} /> },
          { key: "notices", label: t("case:tab.notices"), children: <Notices number={number} /> },
          { key: "flow", label: t("case:tab.flow"), children: <CaseFlow number={number} height={520} /> },
          { key: "talk", label: t("case:tab.talk"), children: <Talk number={number} /> },
        ]}
      />
    </div>
  );
}

/** The limits of the case as a whole. */
function CaseLimits({ number, now }: { number: string; now: Date }) {
  const { t } = useTranslation("lead");
  const { data } = useQuery(clocksQuery(number));
  if (!data) return <Skeleton active paragraph={{ rows: 1 }} />;
  const whole = data.clocks.filter((c) => !c.clock.step && !c.clock.duty && ["statutory", "promised"].includes(c.clock.id));
  const early = data.clocks.filter((c) => !c.clock.endedAt && c.clock.step && ["collect", "answer"].includes(c.clock.id));
  if (!whole.length && !early.length) return <span className="muted">{t("noLimits")}</span>;
  return (
    <div style={{ display: "flex", gap: 16, flexWrap: "wrap" }}>
      {[...whole, ...early].map((c) => (
        <div key={c.clock.id} style={{ flex: "1 1 220px" }}>
          <strong>{t(`clock.${c.clock.id}`)}</strong>
          <LimitBar view={c} now={now} label={t(`clock.${c.clock.id}`)} />
        </div>
      ))}
    </div>
  );
}

function Lanes({ page, now, onAct }: { page: Case; now: Date; onAct: (act: string, step: string) => void }) {
  const { t } = useTranslation("lead");
  const { number } = page.case;
  const [absent, setAbsent] = useState(false);
  const flow = useQuery({ queryKey: ["case", number, "flow"], queryFn: () => answer(getCaseFlow({ path: { number } })) });
  const clocks = useQuery(clocksQuery(number));
  const waits = useQuery(waitsQuery(number));
  const lanes = useMemo(() => lanesOf(page.steps, flow.data?.steps ?? [], clocks.data?.clocks ?? [], waits.data?.waits ?? []), [page.steps, flow.data, clocks.data, waits.data]);
  const error = clocks.error ?? waits.error ?? flow.error;
  if (error) return <Broken error={error} again={() => { void clocks.refetch(); void waits.refetch(); void flow.refetch(); }} />;
  if (!lanes.length) return <Nothing text={t("noLanes")} />;
  const out = lanes.filter((l) => l.absent);
  return (
    <>
      <div className="lanes">
        {lanes.filter((l) => absent || !l.absent).map((l) => <Lane key={l.party} lane={l} number={number} now={now} onAct={onAct} />)}
      </div>
      {out.length > 0 && <Button type="link" size="small" aria-expanded={absent} onClick={() => setAbsent(!absent)}>{absent ? t("hideAbsent") : t("showAbsent", { count: out.length, names: out.map((l) => l.name).join(comma()) })}</Button>}
    </>
  );
}
