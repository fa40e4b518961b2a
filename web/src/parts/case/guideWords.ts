// What the guide of a case calls its questions and the fields of its form, and how it words what they hold.
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { getGuide } from "../../api/gen/sdk.gen";
import { comma } from "../../texts/marks";
import { caseQuery } from "./queries";

export interface Schema {
  title?: string;
  properties?: Record<string, Schema>;
}

export interface Question {
  id: string;
  ask: string;
  options?: { id: string; label: string }[];
}

export function useGuideWords(number: string) {
  const { t } = useTranslation("act");
  const { data } = useQuery(caseQuery(number));
  const guide = useQuery({
    queryKey: ["items", data?.case.item, "guide", data?.case.version],
    queryFn: () => answer(getGuide({ path: { item: data!.case.item }, query: { version: data!.case.version } })),
    enabled: !!data,
    staleTime: Infinity,
  });
  const questions = (guide.data?.questions ?? []) as unknown as Question[];
  const form = guide.data?.form as Schema | undefined;
  const question = (id: string) => questions.find((q) => q.id === id);
  const say = (v: unknown, q?: Question): string => {
    if (v === true) return t("yes");
    if (v === false) return t("no");
    if (Array.isArray(v)) return v.map((x) => say(x, q)).join(comma());
    if (v === null || v === undefined) return "—";
    return q?.options?.find((o) => o.id === v)?.label ?? (typeof v === "object" ? JSON.stringify(v) : String(v));
  };
  /** A question, or form.PATH of a field, as events name them. */
  const name = (id: string): string => {
    if (!id.startsWith("form.")) return question(id)?.ask ?? id;
    const field = id.slice("form.".length).split(".").reduce<Schema | undefined>((s, k) => s?.properties?.[k], form);
    return field?.title ?? id;
  };
  return { questions, form, question, say, name };
}
