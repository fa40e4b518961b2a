// What the departments have said: opinions and decisions with reason, conditions and checks, round by round.
import { useQuery } from "@tanstack/react-query";
import { Card, Skeleton, Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { Step, Verdict } from "../../api/gen/types.gen";
import { Broken, Nothing } from "../States";
import { minute } from "../time";
import { colon } from "../../texts/marks";
import { Hearing } from "./Hearing";
import { caseQuery, versionQuery } from "./queries";

const bad = new Set(["denied", "disagree", "disagreed", "failed", "stopped"]);

export function Opinions({ number, except }: { number: string; except?: string }) {
  const { t } = useTranslation("case");
  const { data, error, refetch } = useQuery(caseQuery(number));
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton active />;
  const said = data.steps.filter((s) => s.id !== except && (s.verdict || s.hearing?.heldAt || s.rounds?.some((r) => r.verdict)));
  if (!said.length) return <Nothing text={t("noOpinions")} />;
  return <div className="rows">{said.map((s) => (s.hearing?.heldAt ? <Hearing key={s.id} step={s} number={number} /> : <Opinion key={s.id} step={s} number={number} />))}</div>;
}

export function Opinion({ step: s, number }: { step: Step; number: string }) {
  const { t } = useTranslation("case");
  const page = useQuery(caseQuery(number));
  const name = (step: string) => page.data?.steps.find((x) => x.id === step)?.name ?? step;
  return (
    <Card size="small" title={<>{s.name} <span className="muted small">{s.orgName ?? s.partyName}</span></>}
      extra={s.end && <Tag color={bad.has(s.end) ? "red" : "green"}>{t(`end.${s.end}`, { defaultValue: s.end })}</Tag>}>
      {s.verdict && <VerdictText verdict={s.verdict} number={number} />}
      {s.affected && <Tag color="gold">{t("affected")}</Tag>}
      {(s.overridden ?? []).map((o) => <p key={o.opinion + o.round} style={{ margin: "4px 0" }}>{t("overrides", { opinion: name(o.opinion) })}{colon()}{o.reason}</p>)}
      {(s.rounds ?? []).filter((r) => r.verdict).map((r) => (
        <details key={r.round} style={{ marginTop: 6 }}>
          <summary>{t("round", { n: r.round })}</summary>
          <VerdictText verdict={r.verdict!} number={number} />
        </details>
      ))}
    </Card>
  );
}

export function VerdictText({ verdict: v, number }: { verdict: Verdict; number: string }) {
  const { t } = useTranslation("case");
  const page = useQuery(caseQuery(number));
  const version = useQuery({ ...versionQuery(page.data?.case.item ?? "", page.data?.case.version ?? ""), enabled: !!page.data });
  const conditions = new Map((version.data?.conditions ?? []).map((c) => [c.id, c.text]));
  return (
    <div>
      {v.reason && <p style={{ margin: "0 0 4px", whiteSpace: "pre-wrap" }}>{v.reason}</p>}
      {v.basis && <p style={{ margin: "0 0 4px" }} className="muted">{t("basis")}{colon()}{v.basis}</p>}
      {(v.conditions ?? []).length > 0 && <ul style={{ margin: "0 0 4px" }}>{v.conditions!.map((c) => <li key={c}>{t("onCondition")}{colon()}{c}</li>)}</ul>}
      {(v.checks ?? []).map((c) => (
        <div key={c.id} className="small"><Tag color={c.ok ? "green" : "red"}>{c.ok ? t("act:met") : t("act:unmet")}</Tag>{conditions.get(c.id) ?? c.id}{c.note && <span className="muted"> — {c.note}</span>}</div>
      ))}
      {(v.takes ?? []).map((k) => <div key={k.step + k.condition} className="small">{k.taken ? t("taken") : t("left")}{colon()}{k.condition}{k.reason && ` — ${k.reason}`}</div>)}
      <div className="muted small number">{minute(v.at)}</div>
    </div>
  );
}
