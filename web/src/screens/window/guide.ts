// The guide of an item as the window uses it: the parts of the generated answer with their types.
import type { Guide } from "../../api/gen/types.gen";
import type { FormSchema } from "../../parts/forms/fields";
import type { GuidePaper, Question } from "./filing";

type Text = { zh: string; en: string };

export interface GuideStep {
  id: string;
  name: string;
  kind: { id: string; name: Text };
  party?: string;
  inside?: string;
  depth: number;
  limit?: { times: { text: Text; when?: Text }[] };
  matter?: string;
}

export interface WindowGuide {
  code: string;
  name: string;
  version: string;
  agents: boolean;
  lead: string;
  promised: Text | undefined;
  questions: Question[];
  papers: GuidePaper[];
  steps: GuideStep[];
  outputs: { id: string; name: string; by: string }[];
  ways: { id: string; name: Text }[];
  conditions: { id: string; text: string }[];
  form: FormSchema | undefined;
}

export function guideOf(g: Guide): WindowGuide {
  const item = g.item as { code: string; name: string; version: string; agents: boolean; lead: string };
  const promised = (g.promised as { times: { text: Text }[] } | undefined)?.times[0]?.text;
  return {
    ...item,
    promised,
    questions: g.questions as unknown as Question[],
    papers: g.papers as unknown as GuidePaper[],
    steps: g.steps as unknown as GuideStep[],
    outputs: g.outputs as unknown as WindowGuide["outputs"],
    ways: g.ways as unknown as WindowGuide["ways"],
    conditions: g.conditions as unknown as WindowGuide["conditions"],
    form: g.form as FormSchema | undefined,
  };
}
