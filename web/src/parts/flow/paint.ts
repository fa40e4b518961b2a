import type { TFunction } from "i18next";
import type { LightName } from "../Light";
import type { FlowPaint, Tone } from "./types";

export interface PaintedStep {
  id: string;
  status: string;
  end?: string;
  why?: string;
  round?: number;
}

/** Ends that stand against the applicant, or stopped short. */
const negative = new Set(["deny", "disagree", "failed", "stopped", "barred", "lapsed", "withdrawn"]);

/** Where a case is: its steps as paint of the flow. lights may tell which open steps are late. t is of "flow". */
export function paintSteps(steps: PaintedStep[], t: TFunction<"flow">, lights: Record<string, LightName> = {}): FlowPaint {
  return Object.fromEntries(
    steps.map((s) => {
      let tone: Tone = "waiting";
      let word = t(`status.${s.status}`, { defaultValue: s.status });
      switch (s.status) {
        case "open":
          tone = lights[s.id] === "red" ? "late" : "open";
          if (tone === "late") word = t("status.late");
          break;
        case "ended":
          tone = negative.has(s.end ?? "") ? "negative" : "done";
          word = t(`end.${s.end || "done"}`, { defaultValue: s.end || t("status.ended") });
          break;
        case "absent":
          tone = "absent";
          break;
      }
      const detail = (s.round ?? 0) > 1 ? t("round", { count: s.round }) : undefined;
      return [s.id, { tone, word, ...(detail ? { detail } : {}) }];
    }),
  );
}
