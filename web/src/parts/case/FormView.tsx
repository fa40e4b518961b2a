// What the applicant has answered and filled in, in the words of the guide.
import { useQuery } from "@tanstack/react-query";
import { Descriptions, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Broken } from "../States";
import { useGuideWords } from "./guideWords";
import type { Schema } from "./guideWords";
import { caseQuery } from "./queries";

export function FormView({ number, narrow }: { number: string; narrow?: boolean }) {
  const { t } = useTranslation("case");
  const { data, error, refetch } = useQuery(caseQuery(number));
  const { questions, form, say } = useGuideWords(number);
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton active />;
  const rows: { key: string; label: string; children: string }[] = [];
  const walk = (value: unknown, schema: Schema | undefined, path: string) => {
    for (const [k, v] of Object.entries((value ?? {}) as Record<string, unknown>)) {
      const s = schema?.properties?.[k];
      if (v && typeof v === "object" && !Array.isArray(v)) walk(v, s, `${path}${k}.`);
      else rows.push({ key: path + k, label: s?.title ?? k, children: say(v) });
    }
  };
  walk(data.form, form, "form.");
  for (const q of questions) {
    if (data.answers && q.id in data.answers) rows.push({ key: q.id, label: q.ask, children: say((data.answers as Record<string, unknown>)[q.id], q) });
  }
  if (!rows.length) return <p className="muted">{t("formHidden")}</p>;
  return <Descriptions className="form-view" size="small" column={narrow ? 1 : { xs: 1, md: 2 }} bordered items={rows} />;
}
