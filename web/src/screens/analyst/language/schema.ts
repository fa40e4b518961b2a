// Walking a JSON Schema to a place in a text that is still being written.
import type { Step } from "./cursor";

export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string | string[];
  title?: string;
  description?: string;
  "x-en"?: string;
  /** Which names fit here, as party or step. */
  "x-names"?: string | string[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  examples?: unknown[];
  required?: string[];
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema | boolean;
  prefixItems?: Schema[];
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  if?: Schema;
  then?: Schema;
  else?: Schema;
}

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === "object" && v !== null && !Array.isArray(v);

/** The schema without references and choices: all that may hold for the data. */
export function expand(schema: Schema | boolean | undefined, root: Schema, data: unknown, depth = 0): Schema[] {
  if (schema === undefined || typeof schema === "boolean" || depth > 24) return [];
  if (schema.$ref) {
    const { $ref, ...rest } = schema;
    const named = expand(resolve($ref, root), root, data, depth + 1);
    // What is said beside a reference says more than what it refers to.
    return Object.keys(rest).length > 0 ? [...expand(rest, root, data, depth + 1), ...named] : named;
  }
  const out = [schema];
  for (const s of schema.allOf ?? []) out.push(...expand(s, root, data, depth + 1));
  for (const choice of [schema.oneOf, schema.anyOf]) {
    if (choice) for (const s of fitting(choice, root, data)) out.push(...expand(s, root, data, depth + 1));
  }
  if (schema.if) {
    const branch = holds(schema.if, root, data) ? schema.then : schema.else;
    out.push(...expand(branch, root, data, depth + 1));
  }
  return out;
}

function resolve(ref: string, root: Schema): Schema | undefined {
  if (ref === "#") return root;
  let at: unknown = root;
  for (const part of ref.replace(/^#\//, "").split("/")) {
    if (!isObject(at)) return undefined;
    at = at[decodeURIComponent(part).replace(/~1/g, "/").replace(/~0/g, "~")];
  }
  return at as Schema | undefined;
}

/** Of several choices those the data speaks for: the kind of a step is told by a key it has. */
function fitting(choices: Schema[], root: Schema, data: unknown): Schema[] {
  if (!isObject(data)) return Array.isArray(data) ? choices.filter((c) => mayBe(c, root, "array")) : choices;
  const open = choices.filter((c) => mayBe(c, root, "object") && !contradicts(c, root, data));
  const told = open.filter((c) => requiredOf(c, root).some((k) => k in data && !open.every((o) => requiredOf(o, root).includes(k))));
  return told.length > 0 ? told : open;
}

function requiredOf(s: Schema, root: Schema): string[] {
  const at = s.$ref ? { ...resolve(s.$ref, root), ...s, $ref: undefined } : s;
  return [...(at.required ?? []), ...(at.allOf ?? []).flatMap((x) => requiredOf(x, root))];
}

function mayBe(s: Schema, root: Schema, type: string): boolean {
  const at = s.$ref ? resolve(s.$ref, root) : s;
  return !at?.type || [at.type].flat().includes(type);
}

function contradicts(s: Schema, root: Schema, data: Record<string, unknown>): boolean {
  const at = s.$ref ? resolve(s.$ref, root) : s;
  return Object.entries(at?.properties ?? {}).some(([k, p]) => {
    if (!(k in data) || data[k] === undefined) return false;
    return (p.const !== undefined && p.const !== data[k]) || (p.enum !== undefined && !p.enum.includes(data[k]));
  });
}

function holds(s: Schema, root: Schema, data: unknown): boolean {
  if (!isObject(data)) return false;
  return (s.required ?? []).every((k) => k in data) && !contradicts(s, root, data);
}

/** The schemas of the value at a path. */
export function schemasAt(root: Schema, data: unknown, path: Step[]): Schema[] {
  let at = expand(root, root, data);
  let here = data;
  for (const p of path) {
    here = typeof here === "object" && here !== null ? (here as Record<Step, unknown>)[p] : undefined;
    const next: Schema[] = [];
    for (const s of at) {
      for (const child of childOf(s, p)) next.push(...expand(child, root, here));
    }
    at = next;
  }
  return at;
}

function childOf(s: Schema, p: Step): (Schema | boolean | undefined)[] {
  if (typeof p === "number") return [s.prefixItems?.[p] ?? s.items];
  const named = s.properties?.[p];
  if (named) return [named];
  const patterns = Object.entries(s.patternProperties ?? {}).filter(([re]) => new RegExp(re, "u").test(p)).map(([, x]) => x);
  return patterns.length > 0 ? patterns : [s.additionalProperties];
}

/** What a schema says of itself, in the language of the screen. */
export function tells(s: Schema, english: boolean): string {
  return (english ? (s["x-en"] ?? s.description) : s.description) ?? s.title ?? "";
}

/** Whether a value of it begins a block of its own. */
export function block(s: Schema, root: Schema): "map" | "list" | undefined {
  const all = expand(s, root, undefined);
  const types = all.flatMap((x) => x.type ?? []);
  if (types.some((t) => t !== "object" && t !== "array") || all.some((x) => x.enum || x.const !== undefined)) return undefined;
  if (types.includes("array") && !types.includes("object")) return "list";
  return types.includes("object") && !types.includes("array") ? "map" : undefined;
}
