// Changed answers: a question of the guide at a time, with the answer that holds from now on.
import { useQuery } from "@tanstack/react-query";
import { Button, Input, InputNumber, Radio, Select } from "antd";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { getGuide } from "../../api/gen/sdk.gen";
import { useWorld } from "./world";

export interface Question {
  id: string;
  ask: string;
  type: string;
  options?: { id: string; label: string }[];
}

export function Answers({ value = {}, onChange, item, version }: {
  value?: Record<string, unknown>;
  onChange?: (v: Record<string, unknown>) => void;
  item?: string | undefined;
  version?: string | undefined;
}) {
  const { t } = useTranslation("act");
  const world = useWorld();
  const guide = useQuery({
    queryKey: ["items", item, "guide", version],
    queryFn: () => answer(getGuide({ path: { item: item! }, query: version ? { version } : {} })),
    enabled: !!item && !world,
    staleTime: Infinity,
  });
  const questions = world?.questions ?? (guide.data?.questions ?? []) as unknown as Question[];
  const set = (id: string, v: unknown) => onChange?.({ ...value, [id]: v });
  const drop = (id: string) => onChange?.(Object.fromEntries(Object.entries(value).filter(([k]) => k !== id)));
  return (
    <div>
      {questions.filter((q) => q.id in value).map((q) => (
        <div key={q.id} style={{ display: "flex", gap: 8, alignItems: "center", marginBottom: 6, flexWrap: "wrap" }}>
          <span>{q.ask}</span>
          <AnswerInput question={q} value={value[q.id]} onChange={(v) => set(q.id, v)} />
          <Button size="small" type="link" onClick={() => drop(q.id)}>{t("common:action.remove")}</Button>
        </div>
      ))}
      <Select style={{ minWidth: 260 }} size="small" aria-label={t("pickQuestion")} placeholder={t("pickQuestion")} value={null} showSearch={{ optionFilterProp: "label" }}
        onChange={(id: string) => set(id, undefined)} options={questions.filter((q) => !(q.id in value)).map((q) => ({ value: q.id, label: q.ask }))} />
    </div>
  );
}

export function AnswerInput({ question: q, value, onChange }: { question: Question; value: unknown; onChange: (v: unknown) => void }) {
  const { t } = useTranslation("act");
  switch (q.type) {
    case "boolean":
      return <Radio.Group aria-label={q.ask} value={value} onChange={(e) => onChange(e.target.value)} options={[{ value: true, label: t("yes") }, { value: false, label: t("no") }]} />;
    case "number":
      return <InputNumber aria-label={q.ask} value={(value as number) ?? null} onChange={(v) => onChange(v ?? undefined)} />;
    case "choice":
      return <Select aria-label={q.ask} style={{ minWidth: 160 }} value={(value as string) ?? null} onChange={onChange} options={(q.options ?? []).map((o) => ({ value: o.id, label: o.label }))} />;
    case "choices":
      return <Select aria-label={q.ask} mode="multiple" style={{ minWidth: 220 }} value={(value as string[]) ?? []} onChange={onChange} options={(q.options ?? []).map((o) => ({ value: o.id, label: o.label }))} />;
    default:
      return <Input aria-label={q.ask} value={(value as string) ?? ""} onChange={(e) => onChange(e.target.value)} />;
  }
}
