// What reads otherwise than it did: put right on the spot before the acceptance, or corrected in what was signed.
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Correction, Mending } from "../../api/gen/types.gen";
import { colon, comma } from "../../texts/marks";
import { CaseFiles } from "./CaseFiles";
import { findStep } from "./definition";
import { useGuideWords } from "./guideWords";
import { caseQuery, papersQuery, versionQuery } from "./queries";

/** What was put right on the spot: the fields and papers by their names, as they were and as they read now. */
export function Mended({ of: m, number }: { of: Mending; number: string }) {
  const { t } = useTranslation("case");
  const { name, question, say } = useGuideWords(number);
  const papers = useQuery(papersQuery(number));
  return (
    <>
      {m.reason} {m.file && <CaseFiles number={number} files={[{ hash: m.file, name: t("signedPaper") }]} />}
      {(m.texts ?? []).map((x) => <div key={x.field} className="small">{name(x.field)}{colon()}{say(x.from, question(x.field))} → {say(x.to, question(x.field))}</div>)}
      {m.papers?.length ? <div className="small">{t("mendedPapers", { papers: m.papers.map((id) => papers.data?.papers.find((p) => p.id === id)?.name ?? id).join(comma()) })}</div> : null}
    </>
  );
}

/** A clerical error in what was signed: in which result or opinion, what of it, and the corrected document. */
export function Corrected({ of: c, number }: { of: Correction; number: string }) {
  const { t } = useTranslation("case");
  const { say } = useGuideWords(number);
  const page = useQuery(caseQuery(number));
  const made = page.data?.case;
  const version = useQuery({ ...versionQuery(made?.item ?? "", made?.version ?? ""), enabled: !!made });
  const output = findStep(version.data?.process, c.step)?.decide?.gives?.find((g) => g.id === c.output);
  const signed = c.output ? output?.name : page.data?.steps.find((s) => s.id === c.step)?.name;
  /** What can be corrected: the reason and basis of a decision, the number of a result and the fields of it. */
  const title = (field: string): string => {
    if (field.startsWith("data.")) return output?.data?.properties?.[field.slice("data.".length)]?.title ?? field.slice("data.".length);
    return t(`correctedField.${field as "number"}`, { defaultValue: field });
  };
  return (
    <>
      <strong>{signed ?? c.output ?? c.step}</strong> <span className="muted">— {c.reason}</span>{" "}
      {c.file && <CaseFiles number={number} files={[{ hash: c.file, name: t("correctedPaper") }]} />}
      {c.texts.map((x) => <div key={x.field} className="small">{title(x.field)}{colon()}{say(x.from)} → {say(x.to)}</div>)}
    </>
  );
}
