// Where a case is, on the picture of its process.
import { useQuery } from "@tanstack/react-query";
import { Skeleton } from "antd";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { getCaseFlow } from "../../api/gen/sdk.gen";
import type { FlowStep } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { Flow } from "../Flow";
import type { FlowGraph, FlowPaint, Tone } from "../Flow";
import { Broken } from "../States";
import { lastDay } from "../time";
import { comma } from "../../texts/marks";

export function CaseFlow({ number, selected, onSelect, height }: { number: string; selected?: string; onSelect?: (step: string) => void; height?: number }) {
  const { t, i18n } = useTranslation("case");
  const { data, error, refetch } = useQuery({ queryKey: ["case", number, "flow"], queryFn: () => answer(getCaseFlow({ path: { number } })) });
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton active />;
  const paint: FlowPaint = Object.fromEntries(
    data.steps.map((s) => {
      const more = [
        (s.round ?? 0) > 1 ? t("round", { n: s.round }) : "",
        s.due && s.state === "active" ? t("dueOn", { day: lastDay(s.due) }) : "",
        s.stop ? t("stoppedFor", { why: inLanguage(s.stop.name, i18n.language) }) : "",
        (s.holders ?? []).join(comma()),
      ].filter(Boolean).join(" · ");
      return [s.step, { tone: tone(s), word: word(s, t), ...(more ? { detail: more } : {}) }];
    }),
  );
  return <Flow graph={data.flow as unknown as FlowGraph} label={t("flowOf", { number })} paint={paint} selected={selected} onSelect={onSelect} {...(height ? { height } : {})} legend />;
}

function tone(s: FlowStep): Tone {
  switch (s.state) {
    case "active":
      return s.light === "red" ? "late" : "open";
    case "done":
      return s.negative ? "negative" : "done";
    case "stopped":
      return "negative";
    case "skipped":
      return "absent";
    default:
      return "waiting";
  }
}

function word(s: FlowStep, t: TFunction<"case">): string {
  if (s.state === "done" && s.end) return t(`end.${s.end}` as "end.agree", { defaultValue: s.end });
  return t(`flowState.${s.state}` as "end.agree");
}
