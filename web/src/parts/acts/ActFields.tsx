// The fields of one act: what the rules ask for, what is half written or not said of, and the button that does it.
import { Button, Form, Space } from "antd";
import { useMemo, useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ActField, ActOption } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { Field } from "./Field";
import { gapIn, toBody, unsaid } from "./body";
import type { Values } from "./body";
import { defaults, lookOf } from "./catalogue";

/** What can be said with an act. */
export type Sayable = Pick<ActOption, "act" | "name" | "fields">;

export function ActFields({ option, busy, begun, onChange, onSay, onCancel, item, version, children }: {
  option: Sayable;
  busy?: boolean;
  /** Values written before. */
  begun?: Values | undefined;
  onChange?: (values: Values) => void;
  onSay: (body: Record<string, unknown>) => void;
  onCancel?: (() => void) | undefined;
  /** Item and version of the case, for its questions. */
  item?: string | undefined;
  version?: string | undefined;
  /** What stands between the fields and the button: more to say, the answer of the engine. */
  children?: ReactNode;
}) {
  const { t, i18n } = useTranslation("act");
  const [form] = Form.useForm<Values>();
  const initial = useMemo(() => ({ ...defaults[option.act], ...onlyChoices(option), ...begun }), [option.act]); // what is being written must not reset its own form
  const [shown, setShown] = useState<Values>(initial);
  const fields = option.fields.filter((f) => relevant(option, f, shown));
  const look = lookOf(option.act);
  /** A field that is needed holds something, and what was begun in it is finished. */
  const whole = (f: ActField, value: unknown, need: boolean) => {
    const gap = gapIn(f.field, value);
    if (gap) return Promise.reject(new Error(t(`gap.${gap}`)));
    const left = unsaid(f, value);
    if (left) return Promise.reject(new Error(t("unsaid", { what: f.kind === "takes" ? left.id : inLanguage(left.name, i18n.language) })));
    if (need && f.kind === "boolean" && value !== true) return Promise.reject(new Error(t("check", { field: inLanguage(f.label, i18n.language) })));
    if (need && !(f.field in toBody({ [f.field]: value }))) return Promise.reject(new Error(t("needed", { field: inLanguage(f.label, i18n.language) })));
    return Promise.resolve();
  };
  return (
    <Form<Values>
      form={form}
      name={option.act}
      layout="vertical"
      initialValues={initial}
      requiredMark="optional"
      onValuesChange={(_, all) => {
        setShown(all);
        onChange?.(all);
      }}
      onFinish={(values) => onSay(toBody(Object.fromEntries(Object.entries(values).filter(([name]) => fields.some((f) => f.field === name)))))}
    >
      {fields.map((f) => {
        const label = inLanguage(f.label, i18n.language);
        const need = !!f.required || !!f.needed || demanded(option, f, shown);
        return (
          <Form.Item key={f.field} name={f.field} {...(f.kind === "boolean" ? {} : { label })} required={need} style={{ marginBottom: 12 }}
            rules={[{ validator: (_, value: unknown) => whole(f, value, need) }]}>
            <Field field={f} must={need} item={item} version={version} />
          </Form.Item>
        );
      })}
      {children}
      <Space style={{ marginTop: 8 }}>
        <Button htmlType="submit" type={look.tone === "danger" ? "default" : "primary"} danger={look.tone === "danger"} loading={busy ?? false}>
          {inLanguage(option.name, i18n.language)}
        </Button>
        {onCancel && <Button type="text" onClick={onCancel}>{t("common:action.cancel")}</Button>}
      </Space>
    </Form>
  );
}

/** One choice is no choice. */
function onlyChoices(option: Sayable): Values {
  const values: Values = {};
  for (const f of option.fields) {
    if ((f.required || f.needed) && f.kind === "choice" && f.choices?.length === 1) values[f.field] = f.choices[0]!.id;
  }
  return values;
}

/** Kinds that name things of the case: with nothing to name they say nothing in this state. */
const naming = new Set<ActField["kind"]>(["choice", "choices", "originals", "papers", "statements", "checks", "takes", "overrides", "outputs", "signatures"]);

/** What an order to put something right says, besides the reason: what, until when, and when the check was. */
const ordering = new Set(["points", "until", "on"]);

/** A field that what was chosen asks for: a finding against the holder says why, an order what and until when. */
function demanded(option: Sayable, f: ActField, values: Values): boolean {
  if (option.act !== "judge") return false;
  return f.field === "reason" ? values.finding === "failed" || values.finding === "fix" : values.finding === "fix" && f.field !== "on" && ordering.has(f.field);
}

function relevant(option: Sayable, f: ActField, values: Values): boolean {
  if (option.act === "refuse" && f.field === "rightOrgan") return values.outcome === "not-competent";
  if (f.required || f.needed) return true;
  if (option.act === "judge" && ordering.has(f.field)) return values.finding === "fix";
  if (f.kind === "points" || f.field === "inspectors") return !option.fields.some((x) => x.kind === "signatures" && x.choices?.length); // a hearing has neither
  if (naming.has(f.kind)) return (f.choices ?? []).length > 0;
  return true;
}
