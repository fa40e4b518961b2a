// Where a case stands, in a word.
import { useTranslation } from "react-i18next";
import type { CaseRow } from "../../api/gen/types.gen";
import { Mark } from "../../parts/Mark";
import type { Tone } from "../../parts/Mark";

const tones: Record<CaseRow["status"], Tone> = { "pre-review": "info", received: "info", correcting: "warn", accepted: "info", decided: "good", closed: "plain" };

export function CaseStatus({ of }: { of: CaseRow }) {
  const { t } = useTranslation("case");
  return <Mark tone={tones[of.status] ?? "plain"}>{of.outcome ? t(`outcome.${of.outcome}`, { defaultValue: of.outcome }) : t(`caseStatus.${of.status}`)}</Mark>;
}
