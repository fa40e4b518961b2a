// What the guide of a case calls its questions and the fields of its form, and how it words what they hold.
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { getGuide } from "../../api/gen/sdk.gen";
import { comma } from "../../texts/marks";
import { caseQuery } from "./queries";

export interface Schema {
  title?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
}

export interface Question {
  id: string;
  ask: string;
  options?: { id: string; label: string }[];
}

export function useGuideWords(number: string) {
  const { t } = useTranslation(["act", "case"]);
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
    // A file stands by what it holds: its whole digest says nothing to who reads.
    if (typeof v === "string" && /^[0-9a-f]{64}$/.test(v)) return t("case:file", { start: v.slice(0, 8) });
    return q?.options?.find((o) => o.id === v)?.label ?? (typeof v === "object" ? JSON.stringify(v) : String(v));
  };
  /** A question, or form.PATH of a field, as events name them. */
  const name = (id: string): string => {
    if (!id.startsWith("form.")) return question(id)?.ask ?? id;
    let at = form;
    let list = "";
    for (const k of id.slice("form.".length).split(".")) {
      if (at?.items && /^\d+$/.test(k)) {
        list += `${at.title ?? ""} ${Number(k) + 1} · `.trimStart(); // which of a list, as people count
        at = at.items;
      } else at = at?.properties?.[k];
    }
    return at?.title ? list + at.title : id;
  };
  return { questions, form, question, say, name };
}
