// A request for more time: of which time, why, with what proof, and what became of it.
import { useQuery } from "@tanstack/react-query";
import { Card } from "antd";
import { useTranslation } from "react-i18next";
import type { TimeAsk } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { aside, colon } from "../../texts/marks";
import { CaseFiles } from "./CaseFiles";
import { dossierQuery } from "./queries";

export function Delay({ of: x, number }: { of: TimeAsk; number: string }) {
  const { t, i18n } = useTranslation("case");
  return (
    <>
      {inLanguage(x.name, i18n.language)} <span className="muted">— {x.reason}</span> <CaseFiles number={number} files={x.evidence} />
      {x.answer && <div className="small"><span className="muted">{t("delayAnswer")}{colon()}</span>{x.answer}{x.until && aside(x.until)}</div>}
    </>
  );
}

/** The request a task asks to answer, before whoever does. */
export function DelayCard({ id, number }: { id: string; number: string }) {
  const { t } = useTranslation("case");
  const { data } = useQuery({ ...dossierQuery(number), select: (d) => d.entries.find((e) => e.delay?.id === id)?.delay });
  if (!data) return null;
  return <Card size="small" title={t("dossierKind.delay")}><Delay of={data} number={number} /></Card>;
}
