// How something reads from now on. Where the server names what can be put right, each with what it may hold, it is
// chosen and entered in its own kind; what was signed is named by hand.
import { PlusOutlined } from "@ant-design/icons";
import { Button, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { AnswerInput } from "./Answers";
import { useName, type Choice, type FieldProps } from "./lists";

export interface CorrectionValue {
  field?: string;
  to?: unknown;
}

export function Corrections({ value = [{}], onChange, choices }: FieldProps<CorrectionValue[]>) {
  const { t } = useTranslation("act");
  const name = useName();
  const list = value.length ? value : [{}];
  const set = (at: number, part: CorrectionValue) => onChange?.(list.map((c, i) => (i === at ? { ...c, ...part } : c)));
  return (
    <div>
      {list.map((c, i) => {
        const chosen = choices.find((x) => x.id === c.field);
        return (
          <div key={i} style={{ display: "flex", gap: 6, marginBottom: 6, alignItems: "center" }}>
            {choices.length ? (
              <Select style={{ flex: "1 1 50%", minWidth: 0 }} aria-label={t("mendField")} placeholder={t("mendField")} value={c.field ?? null} showSearch={{ optionFilterProp: "label" }}
                onChange={(field: string) => set(i, { field, to: undefined })}
                options={choices.filter((x) => x.id === c.field || !list.some((y) => y.field === x.id)).map((x) => ({ value: x.id, label: name(x) }))} />
            ) : (
              <Input style={{ flex: "1 1 40%" }} aria-label={t("correctField")} placeholder={t("correctField")} value={c.field ?? ""} onChange={(e) => set(i, { field: e.target.value })} />
            )}
            <div style={{ flex: "1 1 60%" }}>
              <AnswerInput question={asked(chosen, t("correctTo"))} value={c.to} onChange={(to) => set(i, { to })} />
            </div>
          </div>
        );
      })}
      <Button size="small" icon={<PlusOutlined />} onClick={() => onChange?.([...list, {}])}>{t("addCorrection")}</Button>
    </div>
  );
}

interface Option {
  const: string;
  title?: string;
}

interface Schema {
  type?: string;
  enum?: unknown[];
  oneOf?: Option[];
  items?: { oneOf?: Option[] };
}

/** What a choice may hold, as a question of its kind. */
function asked(choice: Choice | undefined, ask: string) {
  const s = (choice?.schema ?? {}) as Schema;
  const options = (list: Option[]) => list.map((o) => ({ id: o.const, label: o.title ?? o.const }));
  const of = (type: string, list?: { id: string; label: string }[]) => ({ id: choice?.id ?? "", ask, type, ...(list ? { options: list } : {}) });
  if (s.items?.oneOf) return of("choices", options(s.items.oneOf));
  if (s.oneOf?.every((o) => typeof o.const === "string")) return of("choice", options(s.oneOf));
  if (s.enum?.every((x) => typeof x === "string")) return of("choice", s.enum.map((x) => ({ id: x as string, label: x as string })));
  if (s.type === "boolean") return of("boolean");
  return of(s.type === "number" || s.type === "integer" ? "number" : "text");
}
