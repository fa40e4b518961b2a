// What an act of the play says: the usual fields, and data as YAML for all others.
import { Form, Input, InputNumber, Modal, Select } from "antd";
import { useTranslation } from "react-i18next";
import { parse } from "yaml";
import type { PlayAct, PlayMove, Played } from "../../../api/gen/types.gen";
import { filled, takesOf } from "./takes";
import type { Take } from "./takes";

interface Values {
  more?: string;
  [name: string]: unknown;
}

export function ActData({ act, task, played, onDone, onCancel }: {
  act: PlayAct | undefined;
  task?: string | undefined;
  played: Played;
  onDone: (m: PlayMove) => void;
  onCancel: () => void;
}) {
  const { t } = useTranslation("analyst");
  const [form] = Form.useForm<Values>();
  if (!act) return null;
  const finish = ({ more, ...values }: Values) => {
    const extra = (more?.trim() ? parse(more) : {}) as Record<string, unknown>;
    const data = { ...filled(values), ...extra };
    onDone({ do: act.do, by: act.by, ...(act.step ? { step: act.step } : {}), ...(task ? { task } : {}), ...(Object.keys(data).length > 0 ? { data } : {}) });
  };
  return (
    <Modal open title={t("play.actBy", { act: t(`act.${act.do}`, { defaultValue: act.do }), by: act.by })} okText={t("play.do")} onCancel={onCancel} onOk={() => form.submit()} destroyOnHidden>
      <Form<Values> form={form} layout="vertical" preserve={false} onFinish={finish}>
        {takesOf(act.do).map((f) => <Field key={f.name} take={f} played={played} />)}
        <Form.Item name="more" label={t("play.more")} extra={t("play.moreWhy")} rules={[{ validator: (_, v?: string) => readable(v, t("play.notYaml")) }]}>
          <Input.TextArea rows={2} spellCheck={false} style={{ fontFamily: "monospace" }} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

async function readable(text: string | undefined, refusal: string): Promise<void> {
  if (!text?.trim()) return;
  try {
    if (typeof parse(text) === "object") return;
  } catch {
    // Told below.
  }
  throw new Error(refusal);
}

function Field({ take, played }: { take: Take; played: Played }) {
  const { t } = useTranslation("analyst");
  const label = t(`field.${take.name}`, { defaultValue: take.name });
  const papers = played.papers.map((p) => ({ value: p.id, label: p.name }));
  const steps = played.steps.map((s) => ({ value: s.id, label: s.name }));
  switch (take.kind) {
    case "lines":
    case "overrides": {
      const of = take.kind === "lines" ? papers : steps.filter((s) => played.steps.find((x) => x.id === s.value)?.end === "disagree");
      return (
        <Form.Item label={label}>
          {of.length === 0 && <span className="muted">{t("play.nothingToName")}</span>}
          {of.map((p) => (
            <Form.Item key={p.value} name={[take.name, p.value]} label={p.label} style={{ marginBottom: 4 }} layout="horizontal">
              <Input placeholder={take.kind === "lines" ? t("play.gapHint") : t("reason")} />
            </Form.Item>
          ))}
        </Form.Item>
      );
    }
    case "papers":
    case "steps":
      return <Form.Item name={take.name} label={label}><Select mode="multiple" options={take.kind === "papers" ? papers : steps} optionFilterProp="label" /></Form.Item>;
    case "list":
      return <Form.Item name={take.name} label={label}><Select mode="tags" open={false} suffixIcon={null} /></Form.Item>;
    case "choice":
      return <Form.Item name={take.name} label={label} initialValue={take.choices[0]}><Select options={take.choices.map((value) => ({ value, label: t(`choice.${value}`, { defaultValue: value }) }))} /></Form.Item>;
    case "number":
      return <Form.Item name={take.name} label={label}><InputNumber min={1} max={5} /></Form.Item>;
    case "long":
      return <Form.Item name={take.name} label={label}><Input.TextArea rows={2} /></Form.Item>;
    default:
      return <Form.Item name={take.name} label={label}><Input /></Form.Item>;
  }
}
