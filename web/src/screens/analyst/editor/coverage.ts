import type { TFunction } from "i18next";
import type { Coverage, Finding } from "../../../api/gen/types.gen";
import type { FlowPaint } from "../../../parts/flow/types";

/** What the scenarios reached, and where something is wrong, as paint of the flow. t is of "analyst". */
export function paintCoverage(coverage: Coverage | undefined, problems: Map<string, Finding>, t: TFunction<"analyst">, english: boolean): FlowPaint {
  const out: FlowPaint = {};
  const never = new Set(coverage?.never);
  const oneSided = new Set(coverage?.oneSided);
  for (const s of coverage?.steps ?? []) {
    const tone = never.has(s.step) ? "missed" : oneSided.has(s.step) ? "half" : "full";
    const detail = tone === "missed" ? undefined : t("coverage.detail", { opened: s.opened.length, absent: s.absent.length });
    out[s.step] = { tone, word: t(`coverage.${tone}`), ...(detail ? { detail } : {}) };
  }
  for (const [step, f] of problems) {
    out[step] = { ...(out[step] ?? { tone: "plain", word: "" }), problem: (english ? f.en : f.zh) || f.zh };
  }
  return out;
}
