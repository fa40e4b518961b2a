// The names a text declares itself, and where which names fit.
import type { LanguageNames, NameEntry } from "../../../api/gen/types.gen";
import { expression, keyOf } from "./cursor";
import type { Step } from "./cursor";

export type NameKind =
  | "party" | "question" | "parameter" | "paper" | "condition" | "step" | "output" | "form" | "person" | "pause" | "commitment" | "duty";

export interface Name {
  id: string;
  kind: NameKind;
  name: string;
}

const sections: Record<string, NameKind> = {
  parties: "party", situations: "question", parameters: "parameter", materials: "paper", conditions: "condition", pauses: "pause",
  commitments: "commitment", duties: "duty",
};

export const stepKinds = ["intake", "review", "decide", "sequence", "parallel", "issue", "visit", "publicity", "hearing", "pay", "call", "case", "include"];

type Data = Record<string, unknown>;
const isMap = (v: unknown): v is Data => typeof v === "object" && v !== null && !Array.isArray(v);
const called = (v: unknown): string => (isMap(v) ? String(v.name ?? v.ask ?? v.text ?? "") : typeof v === "string" ? v : "");

/** Everything a definition or a file of tests declares. */
export function declared(data: unknown): Name[] {
  if (!isMap(data)) return [];
  const out: Name[] = [];
  for (const [section, kind] of Object.entries(sections)) {
    if (isMap(data[section])) for (const [id, v] of Object.entries(data[section])) out.push({ id, kind, name: called(v) });
  }
  if (isMap(data.people)) for (const [id, v] of Object.entries(data.people)) out.push({ id, kind: "person", name: String(v ?? "") });
  if (isMap(data.form)) fields(data.form, "form", out);
  steps(data.process ?? data.steps, out);
  return out;
}

function fields(schema: Data, path: string, out: Name[]): void {
  if (!isMap(schema.properties)) return;
  for (const [id, v] of Object.entries(schema.properties)) {
    out.push({ id: `${path}.${id}`, kind: "form", name: isMap(v) ? String(v.title ?? "") : "" });
    if (isMap(v)) fields(v, `${path}.${id}`, out);
  }
}

function steps(list: unknown, out: Name[]): void {
  if (!Array.isArray(list)) return;
  for (const s of list) {
    if (!isMap(s)) continue;
    const kind = stepKinds.find((k) => k in s);
    if (kind && typeof s[kind] === "string") out.push({ id: s[kind], kind: "step", name: String(s.name ?? (isMap(s.item) ? (s.item.name ?? "") : "")) });
    if (isMap(s.gives)) for (const [id, v] of Object.entries(s.gives)) out.push({ id, kind: "output", name: called(v) });
    steps(s.branches ?? s.steps, out);
  }
}

/** Names a value or key may be, by the key it stands under. */
export interface Wanted {
  own: NameKind[];
  /** Lists of the server. */
  hall: (keyof LanguageNames)[];
  /** Words beside them. */
  words?: string[];
  /** Written before the name. */
  before?: string;
}

const none: Wanted = { own: [], hall: [] };

const values: Record<string, Wanted> = {
  by: { own: ["party"], hall: [] },
  lead: { own: ["party"], hall: [] },
  reads: { own: ["paper", "output", "form"], hall: [] },
  after: { own: ["output", "step"], hall: [] },
  back: { own: ["step"], hall: [] },
  needs: { own: ["step", "duty", "paper"], hall: [] },
  checks: { own: ["condition"], hall: [] },
  unlock: { own: ["output", "step"], hall: [] },
  unlocks: { own: ["output", "step"], hall: [] },
  of: { own: ["output"], hall: [] },
  region: { own: [], hall: ["regions"] },
  role: { own: [], hall: ["roles"] },
  chain: { own: [], hall: ["roles"] },
  system: { own: [], hall: ["systems"] },
  tests: { own: [], hall: ["items"] },
  $ref: { own: [], hall: ["dictionary"], before: "dictionary#/" },
};

const inTests: Record<string, Wanted> = {
  by: { own: ["person"], hall: [], words: ["applicant"] },
  account: { own: ["person"], hall: [] },
  do: { own: [], hall: ["acts"] },
  step: { own: ["step"], hall: [] },
  open: { own: ["step"], hall: [] },
  refused: { own: [], hall: ["refusals"] },
  without: { own: ["paper"], hall: [] },
  defer: { own: ["paper"], hall: [] },
  papers: { own: ["paper"], hall: [] },
  verdicts: { own: [], hall: ["verdicts"] },
  tests: { own: [], hall: ["items"] },
  region: { own: [], hall: ["regions"] },
};

/** Which names fit a value at a path. */
export function wantedAt(path: Step[], tests: boolean): Wanted {
  const key = keyOf(path);
  const section = String(path[0] ?? "");
  if (tests) {
    if (path.includes("verdicts") && key !== "verdicts") return inTests.verdicts!;
    return inTests[key] ?? none;
  }
  if (section === "form" && key !== "$ref") return none;
  if (expression.has(key)) return { own: ["question", "parameter", "form"], hall: [], words: ["and", "or", "not", "in"] };
  if (key === "from") {
    return section === "materials" || section === "situations"
      ? { own: [], hall: ["sources"] }
      : { own: ["step", "output", "form"], hall: [], words: ["start", "receipt", "acceptance", "decision"] };
  }
  if (key === "data") return { own: [], hall: ["sources"] };
  return values[key] ?? none;
}

/** Which names fit as a key of the map at a path. */
export function wantedKeys(path: Step[], tests: boolean): Wanted {
  const key = keyOf(path);
  if (tests) {
    if (key === "lines") return { own: ["paper"], hall: [] };
    if (key === "answers") return { own: ["question"], hall: [] };
    if (key === "due" || key === "verdicts" || key === "overrides") return { own: ["step"], hall: [] };
    if (key === "duties") return { own: ["duty"], hall: [] };
    return none;
  }
  if (path.length !== 1) return none;
  switch (key) {
    case "materials":
      return { own: [], hall: ["papers"] };
    case "conditions":
      return { own: [], hall: ["conditions"] };
    case "parties":
      return { own: [], hall: ["parties"] };
  }
  return none;
}

export function hallNames(names: LanguageNames | undefined, lists: (keyof LanguageNames)[]): NameEntry[] {
  return names ? lists.flatMap((l) => names[l] ?? []) : [];
}
