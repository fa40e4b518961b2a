// A duty: what it is, what its holder has reported, and what he was ordered to put right.
import { useQuery } from "@tanstack/react-query";
import { Card, Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { Duty as DutyState, FixOrder } from "../../api/gen/types.gen";
import { aside, colon } from "../../texts/marks";
import { minute } from "../time";
import { CaseFiles } from "./CaseFiles";
import { dossierQuery } from "./queries";

export function Duty({ of: d, number }: { of: DutyState; number: string }) {
  return (
    <>
      {d.name ?? d.id} {d.reason && <span className="muted">— {d.reason}</span>} <CaseFiles number={number} files={d.evidence} />
      {(d.orders ?? []).map((o) => <Ordered key={o.notice} of={o} number={number} />)}
    </>
  );
}

/** The duty a task is about; none for a task that is about none. */
export function useDuty(number: string, id: string | undefined): DutyState | undefined {
  return useQuery({ ...dossierQuery(number), enabled: !!id, select: (d) => d.entries.find((e) => e.duty?.id === id)?.duty }).data;
}

/** The duty a task is about, before whoever judges it. */
export function DutyCard({ of: d, number }: { of: DutyState; number: string }) {
  const { t } = useTranslation("case");
  return <Card size="small" title={t("dossierKind.duty")}><Duty of={d} number={number} /></Card>;
}

/** An order to put something right: what was found, what is to be done until when, and what the holder says of it. */
function Ordered({ of: o, number }: { of: FixOrder; number: string }) {
  const { t } = useTranslation("case");
  return (
    <div className="small" style={{ marginTop: 4 }}>
      <span className="muted">{t("fix.order", { at: o.checked, day: o.day })}{colon()}</span>{o.reason} {o.late && <Tag color="gold">{t("fix.late")}</Tag>} <CaseFiles number={number} files={o.evidence} />
      {o.points.map((p) => <div key={p.id}>· {p.text}{p.statement && <span className="muted">{aside(t("fix.said", { text: p.statement }))}</span>}</div>)}
      {o.ended && <div><span className="muted">{t(`fix.ended.${o.why ?? "time"}`, { at: minute(o.ended) })}</span> {o.said} <CaseFiles number={number} files={o.shown} /></div>}
    </div>
  );
}
