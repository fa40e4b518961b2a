// Ages of open cases: over what they were counted, and what a band is called.
import { useTranslation } from "react-i18next";
import type { AgeBand } from "../../api/gen/types.gen";

export interface AgeingOver {
  org?: string;
  item?: string;
  /** When this day ended; left out: as it stands. */
  on?: string;
}

export type AgeingDivision = "org" | "item";

/** What a row of the divided counts was counted over. */
export function ageingRow(over: AgeingOver, by: AgeingDivision, key: string): AgeingOver {
  return key ? { ...over, [by]: key } : over;
}

export function useBandName(): (band: AgeBand) => string {
  const { t } = useTranslation("supervise");
  return ({ first, last }) => (last ? t("ageing.band", { first, last }) : t("ageing.above", { first }));
}
