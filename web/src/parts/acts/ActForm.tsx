// The form of one act: its fields, what the rules ask for, and the engine's answer beside the button.
import { Button, Form, Space } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActField, ActOption, Command, Done } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { Refusal } from "../Refusal";
import { Field } from "./Field";
import { gapIn, toBody, unsaid } from "./body";
import type { Values } from "./body";
import { defaults, lookOf } from "./catalogue";
import { useAct } from "./useAct";

export interface ActTarget {
  number: string;
  step?: string | undefined;
  task?: string | undefined;
  /** Item and version of the case, for its questions. */
  item?: string | undefined;
  version?: string | undefined;
}

export function ActForm({ option, target, onDone, onCancel, draft }: {
  option: ActOption;
  target: ActTarget;
  onDone: (done: Done | Command) => void;
  onCancel?: () => void;
  /** Where half-written values are kept. */
  draft?: { values: Values | undefined; keep: (v: Values | undefined) => void };
}) {
  const { t, i18n } = useTranslation("act");
  const [form] = Form.useForm<Values>();
  const send = useAct(target.number, (done) => {
    draft?.keep(undefined);
    onDone(done);
  });
  const initial = useMemo(() => ({ ...defaults[option.act], ...onlyChoices(option), ...draft?.values }), [option.act]); // a draft being written must not reset its own form
  const [shown, setShown] = useState<Values>(initial);
  const fields = option.fields.filter((f) => relevant(option, f, shown));
  const look = lookOf(option.act);
  /** A field that is needed holds something, and what was begun in it is finished. */
  const whole = (f: ActField, value: unknown, need: boolean) => {
    const gap = gapIn(f.field, value);
    if (gap) return Promise.reject(new Error(t(`gap.${gap}`)));
    if (need && f.kind !== "boolean" && !(f.field in toBody({ [f.field]: value }))) return Promise.reject(new Error(t("needed", { field: inLanguage(f.label, i18n.language) })));
    const left = unsaid(f, value);
    if (left) return Promise.reject(new Error(t("unsaid", { what: inLanguage(left.name, i18n.language) })));
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
        draft?.keep(all);
      }}
      onFinish={(values) => {
        const only = Object.fromEntries(Object.entries(values).filter(([name]) => fields.some((f) => f.field === name)));
        send.mutate({ act: option.act, body: { ...(target.step ? { step: target.step } : {}), ...(target.task ? { task: target.task } : {}), ...toBody(only) } });
      }}
    >
      {fields.map((f) => {
        const label = inLanguage(f.label, i18n.language);
        const need = !!f.required || !!f.needed;
        return (
          <Form.Item key={f.field} name={f.field} label={label} required={need} style={{ marginBottom: 12 }}
            rules={[{ validator: (_, value: unknown) => whole(f, value, need) }]}>
            <Field field={f} item={target.item} version={target.version} />
          </Form.Item>
        );
      })}
      <Refusal error={send.error} onClose={() => send.reset()} />
      <Space style={{ marginTop: 8 }}>
        <Button htmlType="submit" type={look.tone === "danger" ? "default" : "primary"} danger={look.tone === "danger"} loading={send.isPending}>
          {inLanguage(option.name, i18n.language)}
        </Button>
        {onCancel && <Button type="text" onClick={onCancel}>{t("common:action.cancel")}</Button>}
      </Space>
    </Form>
  );
}

/** One choice is no choice. */
function onlyChoices(option: ActOption): Values {
  const values: Values = {};
  for (const f of option.fields) {
    if ((f.required || f.needed) && f.kind === "choice" && f.choices?.length === 1) values[f.field] = f.choices[0]!.id;
  }
  return values;
}

/** Kinds that name things of the case: with nothing to name they say nothing in this state. */
const naming = new Set<ActField["kind"]>(["choice", "choices", "originals", "papers", "statements", "checks", "takes", "overrides", "outputs"]);

function relevant(option: ActOption, f: ActField, values: Values): boolean {
  if (option.act === "refuse" && f.field === "rightOrgan") return values.outcome === "not-competent";
  if (f.required || f.needed) return true;
  if (naming.has(f.kind)) return (f.choices ?? []).length > 0;
  return true;
}
