// One department's lane: its steps, the time they have used, who is waited for and why, what it has said.
import { Button, Dropdown, Skeleton } from "antd";
import { DownOutlined, RightOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Wait } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { caseActsQuery } from "../../parts/acts/options";
import { Opinion } from "../../parts/case/Opinions";
import { Due } from "../../parts/Light";
import { Mark } from "../../parts/Mark";
import { colon, comma } from "../../texts/marks";
import { LimitBar } from "./LimitBar";
import type { Lane as LaneData, LaneStep } from "./lanes";
import { onStep } from "./acts";

interface Common {
  number: string;
  now: Date;
  /** Opens the form of an act on a step. */
  onAct: (act: string, step: string) => void;
}

export function Lane({ lane, ...common }: Common & { lane: LaneData }) {
  const { t } = useTranslation("lead");
  return (
    <section aria-label={lane.name} className="lane" data-party={lane.party}>
      <header>
        <strong>{lane.name || t("nobody")}</strong>
        <div className="small muted">{lane.orgName}</div>
        {lane.absent ? <Mark>{t("notPart")}</Mark> : lane.active ? <Mark tone="info">{t("active")}</Mark> : null}
      </header>
      <div style={{ flex: 1, minWidth: 0 }}>
        {lane.steps.map((s) => <LaneRow key={s.step.id} at={s} {...common} />)}
      </div>
    </section>
  );
}

const negative = new Set(["denied", "deny", "disagree", "disagreed", "failed", "stopped", "refused"]);

function LaneRow({ at, number, now, onAct }: Common & { at: LaneStep }) {
  const { t } = useTranslation("lead");
  const { step } = at;
  const [shown, setShown] = useState(false);
  const said = !!step.verdict || !!step.rounds?.some((r) => r.verdict);
  return (
    <div className="lane-step">
      <div className="lane-line">
        <div style={{ flex: "1 1 220px" }}>
          <div>{step.name} {(step.round ?? 1) > 1 && <Mark>{t("case:round", { n: step.round })}</Mark>}</div>
          <StepState at={at} />
        </div>
        <div style={{ flex: "1 1 250px" }}>{at.clock && step.status !== "absent" ? <LimitBar view={at.clock} now={now} label={step.name} /> : <span className="small muted">{step.status === "waiting" ? t("notYet") : ""}</span>}</div>
        <div style={{ flex: "2 1 300px" }}>{at.waits.map((w, i) => <WaitLine key={i} wait={w} now={now} />)}</div>
        <div style={{ flex: "0 0 168px", display: "flex", gap: 6, justifyContent: "flex-end" }}>
          {said && <Button size="small" aria-expanded={shown} icon={<RightOutlined rotate={shown ? 90 : 0} aria-hidden />} onClick={() => setShown(!shown)}>{t("opinion")}</Button>}
          {step.status !== "absent" && step.status !== "ended" && <StepMenu number={number} step={step.id} name={step.name} onAct={onAct} />}
        </div>
      </div>
      {shown && <div style={{ margin: "6px 0 4px" }}><Opinion step={step} number={number} /></div>}
    </div>
  );
}

function StepState({ at: { step, flow } }: { at: LaneStep }) {
  const { t, i18n } = useTranslation("lead");
  if (step.status === "absent") return <span className="small muted">{t("case:flowState.skipped")}{step.why && ` · ${step.why}`}</span>;
  if (step.end) return <Mark tone={negative.has(step.end) ? "bad" : "good"}>{t(`case:end.${step.end}`, { defaultValue: step.end })}</Mark>;
  // Results are handed out as they are signed: the step is at work before its turn has come.
  const at = step.status === "open" || flow?.state === "active";
  return (
    <span>
      <Mark tone={at ? "info" : "plain"}>{t(at ? "case:flowState.active" : "case:flowState.waiting")}</Mark>
      {flow?.stop && <Mark>{t("case:stoppedFor", { why: inLanguage(flow.stop.name, i18n.language) })}</Mark>}
      {step.affected && <Mark tone="warn">{t("case:affected")}</Mark>}
      {step.link && <span className="small muted">{t("turn", { role: t(`common:role.${step.link}`, { defaultValue: step.link }) })}</span>}
    </span>
  );
}

function WaitLine({ wait: w, now }: { wait: Wait; now: Date }) {
  const { t, i18n } = useTranslation("lead");
  const who = w.who === "applicant" ? t("case:applicant") : w.who === "time" ? t("case:time")
    : [w.role && t(`common:role.${w.role}`, { defaultValue: w.role }), w.accountName].filter(Boolean).join(" ") || (w.orgName ?? w.whoName ?? w.who);
  return (
    <div className="small">
      <strong>{t("waitsFor", { who })}</strong>{colon()}{i18n.language.startsWith("en") ? w.whyEn : w.whyZh}
      {w.deputies && w.deputies.length > 0 && <span className="muted"> · {t("case:deputies", { names: w.deputies.join(comma()) })}</span>}
      {w.due && <> <Due due={w.due} now={now} /></>}
    </div>
  );
}

/** The acts on one step, asked for when the menu opens. */
function StepMenu({ number, step, name, onAct }: { number: string; step: string; name: string; onAct: Common["onAct"] }) {
  const { t, i18n } = useTranslation("lead");
  const [open, setOpen] = useState(false);
  const acts = useQuery({ ...caseActsQuery(number, step), enabled: open });
  const list = (acts.data ?? []).filter((o) => onStep.has(o.act));
  return (
    <Dropdown
      trigger={["click"]} open={open} onOpenChange={setOpen}
      menu={{
        style: { maxWidth: 360 },
        items: acts.data ? list.map((o) => ({
          key: o.act, disabled: !o.allowed,
          label: <>{inLanguage(o.name, i18n.language)}{o.refusal && <div className="small" style={{ whiteSpace: "normal" }}>{inLanguage(o.refusal, i18n.language)}</div>}</>,
          onClick: () => onAct(o.act, step),
        })) : [{ key: "wait", disabled: true, label: <Skeleton.Input active size="small" /> }],
      }}
    >
      <Button size="small" aria-label={t("actsOn", { name })}>{t("acts")} <DownOutlined aria-hidden /></Button>
    </Dropdown>
  );
}
