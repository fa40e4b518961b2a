// One field of an act, by the kind the server gives it.
import { Checkbox, DatePicker, Input, InputNumber, Select, Space } from "antd";
import dayjs from "dayjs";
import type { KeyboardEvent, ReactElement } from "react";
import { useTranslation } from "react-i18next";
import type { ActField } from "../../api/gen/types.gen";
import { FilePick } from "../FilePick";
import { OrgPick } from "../OrgPick";
import { instant, minute } from "../time";
import { Answers } from "./Answers";
import { Corrections } from "./Corrections";
import type { Choice } from "./lists";
import { Checks, Evidences, Lines, Outputs, Overrides, Papers, Points, Signatures, Statements, Takes, Texts, useName } from "./lists";

interface Props {
  id?: string;
  field: ActField;
  /** Whether the act asks for it as things stand. */
  must?: boolean;
  value?: unknown;
  onChange?: (value: unknown) => void;
  item?: string | undefined;
  version?: string | undefined;
}

/** A list field whatever its entries are. */
type AnyList = (p: { value?: never; onChange?: never; choices: Choice[]; must: boolean }) => ReactElement;

const lists: Partial<Record<ActField["kind"], AnyList>> = {
  checks: Checks, lines: Lines, points: Points, texts: Texts, takes: Takes, overrides: Overrides, outputs: Outputs,
  statements: Statements, papers: Papers, corrections: Corrections, files: Evidences, signatures: Signatures,
};

/** A period as language and API write it: 5wd, 3cd, 48h. */
function PeriodInput({ value, onChange, id }: { value: string | undefined; onChange: ((v: unknown) => void) | undefined; id?: string | undefined }) {
  const { t } = useTranslation("act");
  const [, n, unit] = /^(\d+)(wd|cd|h|mo|y)$/.exec(value ?? "") ?? [undefined, "", "wd"];
  const set = (amount: number | null, u: string) => onChange?.(amount ? `${amount}${u}` : undefined);
  return (
    <Space.Compact>
      <InputNumber {...(id ? { id } : {})} min={1} max={999} value={n ? Number(n) : null} onChange={(v) => set(v, unit!)} />
      <Select aria-label={t("unit")} value={unit!} style={{ width: 120 }} onChange={(u) => set(n ? Number(n) : null, u)} options={["wd", "cd", "h"].map((u) => ({ value: u, label: t(`period.${u}` as "period.wd") }))} />
    </Space.Compact>
  );
}

/** Enter takes the day that is written: it does not send the act, which a form would do with it. */
function picks(e: KeyboardEvent<HTMLElement>): void {
  if (e.key === "Enter") e.preventDefault();
}

export function Field({ id: given, field, must, value, onChange, item, version }: Props) {
  const name = useName();
  const id = given ? { id: given } : {};
  const choices: Choice[] = field.choices ?? [];
  const options = choices.map((c) => ({ value: c.id, label: name(c) }));
  const List = lists[field.kind];
  if (List) return <List value={value as never} onChange={onChange as never} choices={choices} must={!!must} />;
  switch (field.kind) {
    case "answers":
      return <Answers value={(value as Record<string, unknown>) ?? {}} onChange={(v) => onChange?.(v)} item={item} version={version} />;
    case "file":
      return <FilePick {...id} value={value as never} onChange={(v) => onChange?.(v)} />;
    case "dateTime":
      return <DatePicker {...id} onKeyDown={picks} needConfirm={false} showTime={{ format: "HH:mm", minuteStep: 5 }} format="YYYY-MM-DD HH:mm" value={value ? dayjs(minute(value as string)) : null} onChange={(d) => onChange?.(d ? instant(d.format("YYYY-MM-DD HH:mm")) : undefined)} />;
    case "date":
      return <DatePicker {...id} onKeyDown={picks} value={value ? dayjs(value as string) : null} onChange={(d) => onChange?.(d?.format("YYYY-MM-DD"))} />;
    case "period":
      return <PeriodInput {...id} value={value as string | undefined} onChange={onChange} />;
    case "boolean":
      return <Checkbox {...id} checked={!!value} onChange={(e) => onChange?.(e.target.checked)}>{name({ id: field.field, name: field.label })}</Checkbox>;
    case "number":
      return <InputNumber {...id} value={(value as number) ?? null} onChange={(v) => onChange?.(v ?? undefined)} />;
    case "originals":
      // Each is looked at and ticked by itself: whoever signs for it has had the original before him.
      return <Checkbox.Group {...id} role="group" aria-label={name({ id: field.field, name: field.label })} value={(value as string[]) ?? []} onChange={(v) => onChange?.(v)} options={options} style={{ flexDirection: "column", gap: 4 }} />;
    case "choices":
    case "accounts":
    case "organisations":
      return <Select {...id} mode={options.length ? "multiple" : "tags"} showSearch={{ optionFilterProp: "label" }} value={(value as string[]) ?? []} onChange={(v) => onChange?.(v)} options={options} />;
    case "choice":
    case "account":
    case "organisation":
      if (options.length) return <Select {...id} allowClear showSearch={{ optionFilterProp: "label" }} value={(value as string) ?? null} onChange={(v) => onChange?.(v ?? undefined)} options={options} />;
      // Any organisation will do: nobody knows their codes.
      if (field.kind === "organisation") return <OrgPick {...id} label={name({ id: field.field, name: field.label })} width="100%" value={value as string | undefined} onChange={onChange} />;
      break;
    case "longText":
      return <Input.TextArea {...id} autoSize={{ minRows: 2, maxRows: 8 }} {...(field.most ? { maxLength: field.most } : {})} value={(value as string) ?? ""} onChange={(e) => onChange?.(e.target.value)} />;
  }
  return <Input {...id} {...(field.most ? { maxLength: field.most } : {})} value={(value as string) ?? ""} onChange={(e) => onChange?.(e.target.value)} />;
}
