// Fields of acts that are lists: one line per thing, with what is said of it.
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Checkbox, DatePicker, Form, Input, Radio, Select, Typography } from "antd";
import dayjs from "dayjs";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { ActChoice, File as Stored } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { FilePick } from "../FilePick";

export type Choice = ActChoice;

export interface FieldProps<T> {
  value?: T;
  onChange?: (value: T) => void;
  choices: Choice[];
}

export function useName(): (c: Choice) => string {
  const { i18n } = useTranslation();
  return (c) => inLanguage(c.name, i18n.language) || c.id;
}

function change<T>(list: T[], at: number, part: Partial<T>): T[] {
  return list.map((x, i) => (i === at ? { ...x, ...part } : x));
}

export interface Check {
  id: string;
  ok?: boolean;
  note?: string;
}

/** What the examination of each condition found. All at one click where all are met. */
export function Checks({ value = [], onChange, choices }: FieldProps<Check[]>) {
  const { t } = useTranslation("act");
  const name = useName();
  const of = (id: string) => value.find((c) => c.id === id) ?? { id };
  const set = (id: string, part: Partial<Check>) => onChange?.([...value.filter((c) => c.id !== id), { ...of(id), ...part }]);
  return (
    <div>
      {choices.length > 1 && (
        <Button size="small" onClick={() => onChange?.(choices.map((c) => ({ ...of(c.id), id: c.id, ok: true })))}>{t("allMet")}</Button>
      )}
      {choices.map((c) => (
        <fieldset key={c.id} style={{ border: 0, padding: 0, margin: "6px 0" }}>
          <legend style={{ padding: 0 }}>{name(c)}{c.asked && <span className="muted small"> {t("asked")}</span>}</legend>
          <Radio.Group size="small" value={of(c.id).ok} onChange={(e) => set(c.id, { ok: e.target.value as boolean })}
            options={[{ value: true, label: t("met") }, { value: false, label: t("unmet") }]} />
          <Input size="small" style={{ width: 260 }} placeholder={t("note")} aria-label={`${name(c)} ${t("note")}`} value={of(c.id).note ?? ""} onChange={(e) => set(c.id, { note: e.target.value })} />
        </fieldset>
      ))}
    </div>
  );
}

export interface Line {
  of?: string;
  reason?: string;
}

/** What the applicant is asked to correct: papers and conditions of the guide alone, and what is wrong with each. */
export function Lines({ value = [{}], onChange, choices }: FieldProps<Line[]>) {
  const { t } = useTranslation("act");
  const name = useName();
  const list = value.length ? value : [{}];
  return (
    <div>
      {list.map((line, i) => (
        <div key={i} style={{ display: "flex", gap: 6, marginBottom: 6 }}>
          <Select showSearch={{ optionFilterProp: "label" }} style={{ flex: "1 1 45%" }} aria-label={t("lineOf")} placeholder={t("lineOf")} value={line.of ?? null}
            onChange={(of) => onChange?.(change(list, i, { of: of ?? undefined } as Partial<Line>))}
            options={choices.map((c) => ({ value: c.id, label: name(c), disabled: list.some((l, j) => j !== i && l.of === c.id) }))} />
          <Input style={{ flex: "1 1 55%" }} aria-label={t("lineWhy")} placeholder={t("lineWhy")} value={line.reason ?? ""} onChange={(e) => onChange?.(change(list, i, { reason: e.target.value }))} />
          <Button icon={<DeleteOutlined />} aria-label={t("common:action.remove")} disabled={list.length === 1} onClick={() => onChange?.(list.filter((_, j) => j !== i))} />
        </div>
      ))}
      <Button size="small" icon={<PlusOutlined />} onClick={() => onChange?.([...list, {}])}>{t("addLine")}</Button>
      <Typography.Paragraph type="secondary" className="small" style={{ margin: "4px 0 0" }}>{t("lineRule")}</Typography.Paragraph>
    </div>
  );
}

export interface Point {
  of?: string;
  text?: string;
}

/** What is to be put right; where nothing has to be, naming nothing says so. */
export function Points({ value = [], onChange, choices, must }: FieldProps<Point[]> & { must?: boolean }) {
  const { t } = useTranslation("act");
  const name = useName();
  return (
    <div>
      {value.map((p, i) => (
        <div key={i} style={{ display: "flex", gap: 6, marginBottom: 6 }}>
          {choices.length > 0 && (
            <Select allowClear style={{ flex: "1 1 40%" }} aria-label={t("pointOf")} placeholder={t("pointOf")} value={p.of ?? null}
              onChange={(of) => onChange?.(change(value, i, { of: of ?? undefined } as Partial<Point>))} options={choices.map((c) => ({ value: c.id, label: name(c) }))} />
          )}
          <Input style={{ flex: "1 1 60%" }} aria-label={t("pointText")} placeholder={t("pointText")} value={p.text ?? ""} onChange={(e) => onChange?.(change(value, i, { text: e.target.value }))} />
          <Button icon={<DeleteOutlined />} aria-label={t("common:action.remove")} onClick={() => onChange?.(value.filter((_, j) => j !== i))} />
        </div>
      ))}
      <Button size="small" icon={<PlusOutlined />} onClick={() => onChange?.([...value, {}])}>{t("addPoint")}</Button>
      {!must && value.length === 0 && <span className="muted small"> {t("noPoints")}</span>}
    </div>
  );
}

export interface SignatureValue {
  of: string;
  signed?: boolean;
  name?: string;
  unsigned?: string;
}

/** Who has confirmed and signed the record of a hearing; of whoever has not, why. */
export function Signatures({ value = [], onChange, choices }: FieldProps<SignatureValue[]>) {
  const { t } = useTranslation("act");
  const name = useName();
  const of = (id: string): SignatureValue => value.find((x) => x.of === id) ?? { of: id };
  const set = (id: string, part: Partial<SignatureValue>) => onChange?.([...value.filter((x) => x.of !== id), { ...of(id), ...part }]);
  return (
    <div>
      {choices.map((c) => (
        <fieldset key={c.id} style={{ border: 0, padding: 0, margin: "6px 0" }}>
          <legend style={{ padding: 0 }}>{name(c)}</legend>
          <Radio.Group size="small" value={of(c.id).signed} onChange={(e) => set(c.id, { signed: e.target.value as boolean })}
            options={[{ value: true, label: t("signed") }, { value: false, label: t("unsigned") }]} />
          {of(c.id).signed === true && <Input size="small" style={{ width: 260 }} placeholder={t("signedBy")} aria-label={`${name(c)} ${t("signedBy")}`} value={of(c.id).name ?? ""} onChange={(e) => set(c.id, { name: e.target.value })} />}
          {of(c.id).signed === false && <Input size="small" style={{ width: 260 }} placeholder={t("unsignedWhy")} aria-label={`${name(c)} ${t("unsignedWhy")}`} value={of(c.id).unsigned ?? ""} onChange={(e) => set(c.id, { unsigned: e.target.value })} />}
        </fieldset>
      ))}
    </div>
  );
}

/** Texts in a list: conditions of an agreement. */
export function Texts({ value = [""], onChange }: FieldProps<string[]>) {
  const { t } = useTranslation("act");
  const list = value.length ? value : [""];
  return (
    <div>
      {list.map((text, i) => (
        <div key={i} style={{ display: "flex", gap: 6, marginBottom: 6 }}>
          <Input aria-label={t("condition", { n: i + 1 })} placeholder={t("condition", { n: i + 1 })} value={text} onChange={(e) => onChange?.(list.map((x, j) => (j === i ? e.target.value : x)))} />
          <Button icon={<DeleteOutlined />} aria-label={t("common:action.remove")} disabled={list.length === 1} onClick={() => onChange?.(list.filter((_, j) => j !== i))} />
        </div>
      ))}
      <Button size="small" icon={<PlusOutlined />} onClick={() => onChange?.([...list, ""])}>{t("addCondition")}</Button>
    </div>
  );
}

export interface TakeValue {
  step: string;
  condition: string;
  taken?: boolean;
  reason?: string;
}

/** Conditions put to the decision: each taken over, or left out with a reason. A choice is a condition, of an opinion. */
export function Takes({ value = [], onChange, choices }: FieldProps<TakeValue[]>) {
  const { t } = useTranslation("act");
  const name = useName();
  const of = (c: Choice): TakeValue => value.find((v) => v.step === c.of && v.condition === c.id) ?? { step: c.of ?? "", condition: c.id };
  const set = (c: Choice, part: Partial<TakeValue>) => onChange?.([...value.filter((v) => v.step !== c.of || v.condition !== c.id), { ...of(c), ...part }]);
  return (
    <div>
      {choices.length > 1 && <Button size="small" onClick={() => onChange?.(choices.map((c) => ({ ...of(c), taken: true })))}>{t("takeAll")}</Button>}
      {choices.map((c) => (
        <fieldset key={(c.of ?? "") + c.id} style={{ border: 0, padding: 0, margin: "6px 0" }}>
          <legend style={{ padding: 0 }}>{c.id} <span className="muted small">{c.of && name(c) !== c.id && name(c)}</span></legend>
          <Radio.Group size="small" value={of(c).taken} onChange={(e) => set(c, { taken: e.target.value as boolean })}
            options={[{ value: true, label: t("taken") }, { value: false, label: t("left") }]} />
          {of(c).taken === false && <Input size="small" style={{ width: 260 }} placeholder={t("leaveWhy")} aria-label={`${c.id} ${t("leaveWhy")}`} value={of(c).reason ?? ""} onChange={(e) => set(c, { reason: e.target.value })} />}
        </fieldset>
      ))}
    </div>
  );
}

export interface OverrideValue {
  step: string;
  reason?: string;
}

/** Opinions decided against, each with its own reason. Those that must be are not to be chosen: their reason is asked for at once. */
export function Overrides({ value = [], onChange, choices }: FieldProps<OverrideValue[]>) {
  const { t } = useTranslation("act");
  const name = useName();
  const of = (id: string) => value.find((v) => v.step === id);
  const others = (id: string) => value.filter((v) => v.step !== id);
  return (
    <div>
      {choices.map((c) => (
        <div key={c.id} style={{ marginBottom: 6 }}>
          {c.asked ? <span>{name(c)}</span> : <Checkbox checked={!!of(c.id)} onChange={(e) => onChange?.(e.target.checked ? [...value, { step: c.id }] : others(c.id))}>{name(c)}</Checkbox>}
          {(c.asked || of(c.id)) && (
            <Input.TextArea autoSize placeholder={t("overrideWhy")} aria-label={`${name(c)} ${t("overrideWhy")}`} value={of(c.id)?.reason ?? ""}
              onChange={(e) => onChange?.([...others(c.id), ...(c.asked && !e.target.value ? [] : [{ step: c.id, reason: e.target.value }])])} />
          )}
        </div>
      ))}
    </div>
  );
}

export interface OutputValue {
  id: string;
  number?: string;
  data?: Record<string, unknown>;
  file?: Stored;
}

/** What a decision gives: number, contents and document of each result. */
export function Outputs({ value = [], onChange, choices }: FieldProps<OutputValue[]>) {
  const { t } = useTranslation("act");
  const name = useName();
  const of = (id: string): OutputValue => value.find((v) => v.id === id) ?? { id };
  const set = (id: string, part: Partial<OutputValue>) => onChange?.([...value.filter((v) => v.id !== id), { ...of(id), ...part }]);
  return (
    <div>
      {choices.map((c) => {
        const properties = Object.entries(((c.schema as { properties?: unknown } | undefined)?.properties ?? {}) as Record<string, { title?: string; type?: string }>);
        return (
          <fieldset key={c.id} style={{ border: "1px solid #d9dde5", borderRadius: 4, margin: "0 0 8px", padding: "4px 10px 8px" }}>
            <legend style={{ padding: "0 4px" }}>{name(c)}</legend>
            <div style={{ display: "flex", gap: 8, flexWrap: "wrap", alignItems: "center" }}>
              <Input style={{ width: 280 }} placeholder={t("outputNumber")} aria-label={`${name(c)} ${t("outputNumber")}`} value={of(c.id).number ?? ""} onChange={(e) => set(c.id, { number: e.target.value })} />
              <FilePick value={of(c.id).file} onChange={(file) => set(c.id, { file } as Partial<OutputValue>)} label={t("outputFile")} />
            </div>
            {properties.map(([key, p]) => (
              <Form.Item key={key} label={p.title ?? key} style={{ margin: "6px 0 0" }} layout="horizontal">
                <Input value={String(of(c.id).data?.[key] ?? "")} aria-label={`${name(c)} ${p.title ?? key}`}
                  onChange={(e) => set(c.id, { data: { ...of(c.id).data, [key]: typed(e.target.value, p.type) } })} />
              </Form.Item>
            ))}
          </fieldset>
        );
      })}
    </div>
  );
}

function typed(text: string, type?: string): unknown {
  if (text === "") return undefined;
  if ((type === "integer" || type === "number") && !Number.isNaN(Number(text))) return Number(text);
  return text;
}

export interface StatementValue {
  of: string;
  text?: string;
}

/** What the applicant says to each line or point. */
export function Statements({ value = [], onChange, choices }: FieldProps<StatementValue[]>) {
  const { t } = useTranslation("act");
  const name = useName();
  const base = useId();
  const of = (id: string) => value.find((v) => v.of === id)?.text ?? "";
  return (
    <div>
      {choices.map((c, i) => (
        <div key={c.id} style={{ marginBottom: 6 }}>
          <label htmlFor={base + i}>{name(c)}</label>
          <Input.TextArea id={base + i} autoSize placeholder={t("statement")} value={of(c.id)}
            onChange={(e) => onChange?.([...value.filter((v) => v.of !== c.id), ...(e.target.value ? [{ of: c.id, text: e.target.value }] : [])])} />
        </div>
      ))}
    </div>
  );
}

export interface PaperValue {
  id: string;
  file?: Stored;
  original?: boolean;
  letter?: boolean;
  /** The last day the letter bears. */
  until?: string;
}

/** Papers handed in, by name. */
export function Papers({ value = [], onChange, choices }: FieldProps<PaperValue[]>) {
  const { t } = useTranslation("act");
  const name = useName();
  const of = (id: string): PaperValue => value.find((v) => v.id === id) ?? { id };
  const set = (id: string, part: Partial<PaperValue>) => {
    const next = { ...of(id), ...part };
    onChange?.([...value.filter((v) => v.id !== id), ...(next.file ? [next] : [])]);
  };
  return (
    <div>
      {choices.map((c) => (
        <div key={c.id} style={{ display: "flex", gap: 8, alignItems: "center", marginBottom: 6, flexWrap: "wrap" }}>
          <span style={{ minWidth: 160 }}>{name(c)}</span>
          <FilePick value={of(c.id).file} onChange={(file) => set(c.id, { file } as Partial<PaperValue>)} label={t("pickPaper", { name: name(c) })} />
          {of(c.id).file && <Checkbox checked={of(c.id).original ?? false} onChange={(e) => set(c.id, { original: e.target.checked })}>{t("original")}</Checkbox>}
          {of(c.id).file && c.letter && <Checkbox checked={of(c.id).letter ?? false} onChange={(e) => set(c.id, { letter: e.target.checked })}>{t("letter")}</Checkbox>}
          {of(c.id).letter && (
            <DatePicker size="small" aria-label={t("letterUntil")} placeholder={t("letterUntil")} value={of(c.id).until ? dayjs(of(c.id).until) : null} onChange={(d) => set(c.id, { until: d?.format("YYYY-MM-DD") } as Partial<PaperValue>)} />
          )}
        </div>
      ))}
    </div>
  );
}

/** Files that prove something, each with what it is. */
export function Evidences({ value = [], onChange }: FieldProps<Stored[]>) {
  const { t } = useTranslation("act");
  return (
    <div>
      {value.map((f, i) => <FilePick key={f.hash} value={f} onChange={() => onChange?.(value.filter((_, j) => j !== i))} />)}
      <FilePick onChange={(f) => f && onChange?.([...value, f])} label={t("addEvidence")} />
    </div>
  );
}
