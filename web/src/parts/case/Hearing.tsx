// A hearing that was held: when, where, what was said, and who has signed the record.
import { useQuery } from "@tanstack/react-query";
import { Card } from "antd";
import { useTranslation } from "react-i18next";
import type { Step } from "../../api/gen/types.gen";
import { colon, comma } from "../../texts/marks";
import { minute } from "../time";
import { CaseFiles } from "./CaseFiles";
import { dossierQuery } from "./queries";

export function Hearing({ step, number }: { step: Step; number: string }) {
  const { t } = useTranslation("case");
  const { data } = useQuery(dossierQuery(number));
  const h = step.hearing!;
  const who = (of: string): string => {
    if (of === "applicant") return t("applicant");
    const x = data?.entries.find((e) => e.interested?.id === of)?.interested;
    return x?.who || (of.startsWith("interested.") ? t("interestedNth", { nth: of.split(".")[1] }) : of);
  };
  return (
    <Card size="small" title={<>{step.name} <span className="muted small">{step.orgName ?? step.partyName}</span></>}>
      <div className="muted small">{[minute((h.on ?? h.heldAt)!), h.place].filter(Boolean).join(comma())}</div>
      <p style={{ margin: "0 0 4px", whiteSpace: "pre-wrap" }}>{h.record} {h.file && <CaseFiles number={number} files={[{ hash: h.file, name: t("signedRecord") }]} />}</p>
      {(h.signatures ?? []).map((x) => (
        <div key={x.of} className="small">{who(x.of)}{colon()}{x.unsigned ? `${t("act:unsigned")}${colon()}${x.unsigned}` : [t("act:signed"), x.name].filter(Boolean).join(comma())}</div>
      ))}
    </Card>
  );
}
