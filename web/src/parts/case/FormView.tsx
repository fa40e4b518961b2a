// What the applicant has answered and filled in, in the words of the guide.
import { useQuery } from "@tanstack/react-query";
import { Descriptions, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { getGuide } from "../../api/gen/sdk.gen";
import { Broken } from "../States";
import { comma } from "../../texts/marks";
import { caseQuery } from "./queries";

interface Schema {
  title?: string;
  properties?: Record<string, Schema>;
  enum?: string[];
  items?: Schema;
}

interface Question {
  id: string;
  ask: string;
  options?: { id: string; label: string }[];
}

export function FormView({ number, narrow }: { number: string; narrow?: boolean }) {
  const { t } = useTranslation("case");
  const { data, error, refetch } = useQuery(caseQuery(number));
  const guide = useQuery({
    queryKey: ["items", data?.case.item, "guide", data?.case.version],
    queryFn: () => answer(getGuide({ path: { item: data!.case.item }, query: { version: data!.case.version } })),
    enabled: !!data,
    staleTime: Infinity,
  });
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton active />;
  const say = (v: unknown, q?: Question): string => {
    if (v === true) return t("act:yes");
    if (v === false) return t("act:no");
    if (Array.isArray(v)) return v.map((x) => say(x, q)).join(comma());
    if (v === null || v === undefined) return "—";
    return q?.options?.find((o) => o.id === v)?.label ?? (typeof v === "object" ? JSON.stringify(v) : String(v));
  };
  const rows: { key: string; label: string; children: string }[] = [];
  const walk = (value: unknown, schema: Schema | undefined, path: string) => {
    for (const [k, v] of Object.entries((value ?? {}) as Record<string, unknown>)) {
      const s = schema?.properties?.[k];
      if (v && typeof v === "object" && !Array.isArray(v)) walk(v, s, `${path}${k}.`);
      else rows.push({ key: path + k, label: s?.title ?? k, children: say(v) });
    }
  };
  walk(data.form, guide.data?.form as Schema | undefined, "form.");
  const questions = (guide.data?.questions ?? []) as unknown as Question[];
  for (const q of questions) {
    if (data.answers && q.id in data.answers) rows.push({ key: q.id, label: q.ask, children: say((data.answers as Record<string, unknown>)[q.id], q) });
  }
  if (!rows.length) return <p className="muted">{t("formHidden")}</p>;
  return <Descriptions className="form-view" size="small" column={narrow ? 1 : { xs: 1, md: 2 }} bordered items={rows} />;
}
