// Where in a definition the cursor stands. The text is parsed with a sign put in at the cursor: the parser keeps
// what it can of a text half written, and the sign says where we are in it.
import { isAlias, isMap, isPair, isScalar, isSeq, parseDocument } from "yaml";
import type { Pair, Scalar } from "yaml";

/** A character nobody types, which YAML takes for a letter. */
const sign = "\uE000";

export type Step = string | number;

export interface Cursor {
  /** Keys and indexes from the top to the map or list the cursor is in, or, for a value, to that value. */
  path: Step[];
  /** A key of the map at path; the value at path; either, where a value has not begun. */
  at: "key" | "value" | "either";
  /** What is written of it before the cursor. */
  prefix: string;
  /** Of a value: it is in quotes. */
  quoted: boolean;
  /** A colon follows already. */
  colon: boolean;
  /** Within { } or [ ]: one line. */
  flow: boolean;
  /** The whole text as data, without the word at the cursor. */
  data: unknown;
}

export function cursorAt(text: string, pos: number): Cursor | null {
  const doc = parseDocument(text.slice(0, pos) + sign + text.slice(pos), { keepSourceTokens: false, logLevel: "silent", uniqueKeys: false, strict: false });
  if (doc.contents === null) return null;
  const found = find(doc.contents, [], false);
  if (!found) return null;
  const rest = text.slice(pos);
  return { ...found, colon: /^[\p{L}\p{N}_.-]*\s*:/u.test(rest), data: plain(doc.contents) };
}

type Found = Omit<Cursor, "colon" | "data">;

function find(node: unknown, path: Step[], flow: boolean): Found | null {
  if (isScalar(node)) return marked(node) ? value(node, path, flow) : null;
  if (isAlias(node)) return null;
  if (isSeq(node)) {
    const inFlow = flow || !!node.flow;
    for (const [i, item] of node.items.entries()) {
      // [a, b: c] holds a pair; it is a map of one key.
      const found = isPair(item) ? ofPair(item, [...path, i], inFlow) : find(item, [...path, i], inFlow);
      if (found) return found;
    }
    return null;
  }
  if (isMap(node)) {
    const inFlow = flow || !!node.flow;
    for (const pair of node.items) {
      const found = ofPair(pair, path, inFlow);
      if (found) return found;
    }
  }
  return null;
}

function ofPair(pair: Pair, path: Step[], flow: boolean): Found | null {
  if (isScalar(pair.key) && marked(pair.key)) {
    const prefix = before(pair.key);
    return { path, at: "key", prefix, quoted: false, flow };
  }
  const key = isScalar(pair.key) ? String(pair.key.value) : "";
  return find(pair.value, [...path, key], flow);
}

function value(node: Scalar, path: Step[], flow: boolean): Found | null {
  const quoted = node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE";
  if (node.type === "BLOCK_FOLDED" || node.type === "BLOCK_LITERAL") return null;
  const prefix = before(node);
  // A word on a line of its own below other words is none of theirs.
  if (!quoted && /\s$/.test(prefix) && !expression.has(keyOf(path))) return null;
  return { path, at: quoted || prefix.includes(" ") ? "value" : "either", prefix, quoted, flow };
}

/** Keys whose value is an expression of several words. */
export const expression = new Set(["when", "is", "if", "until"]);

/** The key a value belongs to: the last that is no index. */
export function keyOf(path: Step[]): string {
  return String(path.findLast((p) => typeof p === "string") ?? "");
}

const marked = (s: Scalar) => typeof s.value === "string" && s.value.includes(sign);
const before = (s: Scalar) => String(s.value).slice(0, String(s.value).indexOf(sign));

/** The text as plain data, as far as it goes; what holds the sign is left out. */
export function plain(node: unknown): unknown {
  if (isScalar(node)) return marked(node) ? undefined : node.value;
  if (isSeq(node)) return node.items.map((i) => (isPair(i) ? ofPairs([i]) : plain(i)));
  return isMap(node) ? ofPairs(node.items) : undefined;
}

function ofPairs(pairs: Pair[]): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const { key, value } of pairs) {
    if (isScalar(key) && !marked(key)) out[String(key.value)] = plain(value);
  }
  return out;
}

/** The data at a path. */
export function dataAt(data: unknown, path: Step[]): unknown {
  let at = data;
  for (const p of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<Step, unknown>)[p];
  }
  return at;
}
