// Completion: keys and values of the language, names of this text and of the hall. Pure, so that a table of cursor
// positions can test it; the editor wraps it.
import type { LanguageNames } from "../../../api/gen/types.gen";
import { cursorAt, dataAt, expression, keyOf } from "./cursor";
import type { Cursor } from "./cursor";
import { declared, hallNames, wantedAt, wantedKeys } from "./names";
import type { Name, Wanted } from "./names";
import { block, expand, schemasAt, tells } from "./schema";
import type { Schema } from "./schema";

export interface Offer {
  label: string;
  kind: "key" | "value" | "name" | "hall" | "word";
  /** Beside it: what it is called. */
  detail: string;
  /** More of it. */
  info: string;
  apply: string;
}

export interface Offers {
  from: number;
  offers: Offer[];
}

export interface Knowledge {
  schema: Schema;
  names?: LanguageNames | undefined;
  english: boolean;
  /** The file is one of scenario tests; then these are the names of the item it tests. */
  tests?: Name[] | undefined;
}

export function complete(text: string, pos: number, know: Knowledge): Offers | null {
  const cursor = cursorAt(text, pos);
  if (!cursor) return null;
  const own = [...declared(cursor.data), ...(know.tests ?? [])];
  const line = text.slice(text.lastIndexOf("\n", pos - 1) + 1, pos);
  const found: Offer[] = [];
  let prefix = cursor.prefix;
  if (cursor.at !== "value") found.push(...keys(cursor, know, own, line));
  if (cursor.at !== "key") {
    if (expression.has(keyOf(cursor.path)) && !know.tests) prefix = /[\p{L}\p{N}_.]*$/u.exec(prefix)![0];
    found.push(...valuesAt(cursor, know, own));
  }
  const seen = new Set<string>();
  const offers = found.filter((o) => !seen.has(o.label) && seen.add(o.label));
  return offers.length > 0 ? { from: pos - prefix.length, offers } : null;
}

function keys(c: Cursor, know: Knowledge, own: Name[], line: string): Offer[] {
  const here = dataAt(c.data, c.path);
  const used = new Set(typeof here === "object" && here !== null ? Object.keys(here) : []);
  const out: Offer[] = [];
  // Where a value may be as well, keys are keys of the map it would begin.
  const list = schemasAt(know.schema, c.data, c.path);
  const required = new Set(list.flatMap((s) => s.required ?? []));
  const indent = /^[ -]*/.exec(line)![0].length;
  for (const s of list) {
    for (const [key, child] of Object.entries(s.properties ?? {})) {
      if (used.has(key)) continue;
      const said = expand(child, know.schema, undefined).map((x) => tells(x, know.english)).find(Boolean) ?? "";
      out.push({ label: key, kind: "key", detail: short(said), info: said, apply: key + after(c, child, know.schema, indent) });
    }
  }
  out.sort((a, b) => Number(required.has(b.label)) - Number(required.has(a.label)));
  const wanted = wantedKeys(c.path, !!know.tests);
  for (const n of fitting(wanted, own, know)) {
    if (used.has(n.id)) continue;
    out.push({ label: n.id, kind: n.hall ? "hall" : "name", detail: n.name, info: n.in, apply: n.id + (c.colon ? "" : n.hall && !know.tests ? hallEntry(keyOf(c.path), n) : ": ") });
  }
  return out;
}

/** What another definition calls so is called so here. */
function hallEntry(section: string, n: { name: string }): string {
  const name = /[:#{}[\],&*!|>'"%@`]/.test(n.name) ? JSON.stringify(n.name) : n.name;
  return section === "conditions" ? `: {text: ${name}}` : `: {name: ${name}}`;
}

function after(c: Cursor, child: Schema, root: Schema, indent: number): string {
  if (c.colon) return "";
  const begins = c.flow ? undefined : block(child, root);
  if (!begins) return ": ";
  return ":\n" + " ".repeat(indent + 2) + (begins === "list" ? "- " : "");
}

function valuesAt(c: Cursor, know: Knowledge, own: Name[]): Offer[] {
  const out: Offer[] = [];
  const schemas = schemasAt(know.schema, c.data, c.path);
  const value = (v: unknown, s: Schema) => {
    if (v === null || typeof v === "object") return;
    const text = String(v);
    out.push({ label: text, kind: "value", detail: short(tells(s, know.english)), info: tells(s, know.english), apply: typeof v === "string" && !c.quoted ? written(text) : text });
  };
  for (const s of schemas) {
    for (const v of s.enum ?? []) value(v, s);
    if (s.const !== undefined) value(s.const, s);
    if ([s.type].flat().includes("boolean")) [true, false].forEach((v) => value(v, s));
    for (const v of s.examples ?? []) value(v, s);
  }
  const wanted = wantedAt(c.path, !!know.tests);
  const taken = listed(c);
  for (const n of fitting(wanted, own, know)) {
    if (taken.has(n.id)) continue;
    const id = (wanted.before ?? "") + n.id;
    out.push({ label: id, kind: n.hall ? "hall" : "name", detail: n.name, info: n.in, apply: wanted.before && !c.quoted ? JSON.stringify(id) : know.tests && !c.quoted ? written(id) : id });
  }
  for (const w of wanted.words ?? []) out.push({ label: w, kind: "word", detail: "", info: "", apply: w });
  return out;
}

/** In a list, what it has already. */
function listed(c: Cursor): Set<unknown> {
  const last = c.path[c.path.length - 1];
  const around = typeof last === "number" ? dataAt(c.data, c.path.slice(0, -1)) : undefined;
  return new Set(Array.isArray(around) ? around : []);
}

function fitting(w: Wanted, own: Name[], know: Knowledge): { id: string; name: string; in: string; hall: boolean }[] {
  return [
    ...own.filter((n) => w.own.includes(n.kind)).map((n) => ({ id: n.id, name: n.name, in: "", hall: false })),
    ...hallNames(know.names, w.hall).map((n) => ({ id: n.id, name: n.name, in: n.in ?? "", hall: true })),
  ];
}

/** A text as YAML takes it for a text: 2026.1 would be a number. */
function written(text: string): string {
  return /^[\d.+-]|^(true|false|null|yes|no|on|off|~)$|[:#{}[\],&*!|>'"%@`]/i.test(text) ? JSON.stringify(text) : text;
}

const short = (s: string) => (s.length > 26 ? s.slice(0, 25) + "…" : s);
