// From what a form holds to the body of an act as openapi.yaml has it: empty things are left out, files become hashes.
import type { ActChoice, ActField, File as Stored } from "../../api/gen/types.gen";
import type { CorrectionValue } from "./Corrections";
import type { Check, Line, OutputValue, OverrideValue, PaperValue, Point, SignatureValue, StatementValue, TakeValue } from "./lists";

export type Values = Record<string, unknown>;

const writers: Record<string, (v: never) => unknown> = {
  checks: (v: Check[]) => kept(v.filter((c) => c.ok !== undefined).map((c) => ({ id: c.id, ok: c.ok, ...(c.note ? { note: c.note } : {}) }))),
  lines: (v: Line[]) => kept(v.filter((l) => l.of)),
  points: (v: Point[]) => kept(v.filter((p) => p.text).map((p) => ({ text: p.text, ...(p.of ? { of: p.of } : {}) }))),
  conditions: (v: string[]) => kept(v.map((c) => c.trim()).filter(Boolean)),
  takes: (v: TakeValue[]) => kept(v.filter((x) => x.taken !== undefined).map((x) => (x.taken ? { step: x.step, condition: x.condition, taken: true } : x))),
  overrides: (v: OverrideValue[]) => kept(v),
  outputs: (v: OutputValue[]) =>
    kept(v.map((o) => ({ id: o.id, ...(o.number ? { number: o.number } : {}), ...(o.data ? { data: o.data } : {}), ...(o.file ? { hash: o.file.hash } : {}) }))),
  statements: (v: StatementValue[]) => kept(v.filter((s) => s.text)),
  papers: (v: PaperValue[]) => kept(v.filter((p) => p.file).map((p) => ({ id: p.id, hash: p.file!.hash, ...(p.original ? { original: true } : {}), ...(p.letter ? { letter: true, ...(p.until ? { until: p.until } : {}) } : {}) }))),
  corrections: (v: CorrectionValue[]) => kept(v.filter((c) => c.field)),
  signatures: (v: SignatureValue[]) =>
    kept(v.filter((x) => x.signed !== undefined).map((x) => (x.signed ? { of: x.of, ...(x.name?.trim() ? { name: x.name.trim() } : {}) } : { of: x.of, unsigned: x.unsigned?.trim() }))),
  evidence: (v: Stored[]) => kept(v.map((f) => ({ name: f.name, hash: f.hash }))),
  file: (v: Stored) => v.hash,
  answers: (v: Record<string, unknown>) => (Object.keys(v).length ? v : undefined),
};

function kept<T>(list: T[]): T[] | undefined {
  return list.length ? list : undefined;
}

/** The fields of an act without what was left empty. */
export function toBody(values: Values): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(values)) {
    if (value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0)) continue;
    const write = writers[field];
    const written = write ? write(value as never) : typeof value === "string" ? value.trim() : value;
    if (written !== undefined && written !== "") body[field] = written;
  }
  return body;
}

type Gap = "line" | "point" | "correction" | "reason";

const gaps: Record<string, (v: never) => Gap | undefined> = {
  lines: (v: Line[]) => (v.some((l) => !l.of !== !l.reason?.trim()) ? "line" : undefined),
  points: (v: Point[]) => (v.some((p) => p.of && !p.text?.trim()) ? "point" : undefined),
  corrections: (v: CorrectionValue[]) => (v.some((c) => !c.field !== (c.to === undefined || c.to === "")) ? "correction" : undefined),
  overrides: (v: OverrideValue[]) => (v.some((o) => !o.reason?.trim()) ? "reason" : undefined),
  signatures: (v: SignatureValue[]) => (v.some((x) => x.signed === false && !x.unsigned?.trim()) ? "reason" : undefined),
  takes: (v: TakeValue[]) => (v.some((x) => x.taken === false && !x.reason?.trim()) ? "reason" : undefined),
};

/** What is missing in an entry that was begun: what is half written must neither be sent nor be left out in silence. */
export function gapIn(field: string, value: unknown): Gap | undefined {
  return Array.isArray(value) ? gaps[field]?.(value as never) : undefined;
}

type Said = Partial<TakeValue & OverrideValue & { id: string; of: string }>;

/** Whether an entry of a list is about a choice, where it is not simply called by its id. */
const speaksOf: Partial<Record<ActField["kind"], (said: Said, c: ActChoice) => boolean>> = {
  takes: (x, c) => x.step === c.of && x.condition === c.id,
  overrides: (x, c) => x.step === c.id,
  signatures: (x, c) => x.of === c.id,
};

/** The first entry of a field that something must be said of and nothing is. */
export function unsaid(field: ActField, value: unknown): ActChoice | undefined {
  const asked = (field.choices ?? []).filter((c) => c.asked);
  if (asked.length === 0) return undefined;
  const said = (toBody({ [field.field]: value })[field.field] ?? []) as (Said | string)[];
  return asked.find((c) => !said.some((x) => (typeof x === "string" ? x === c.id : (speaksOf[field.kind]?.(x, c) ?? x.id === c.id))));
}
