// What a schema of the guide says about the order and the kinds of its fields, made fit for a screen.

export interface FormSchema {
  type?: string | string[];
  title?: string;
  required?: string[];
  properties?: Record<string, FormSchema>;
  items?: FormSchema;
  enum?: unknown[];
  minimum?: number;
  [keyword: string]: unknown;
}

/** The order people write these in; definitions take them from the dictionary. */
const usual = ["kind", "name", "idType", "idNumber", "creditCode", "representative", "phone", "address", "residence", "text", "region", "longitude", "latitude"];

/** Fields that must be filled first, in the order of the definition, then the others. */
export function orderOf(schema: FormSchema): string[] {
  const required = schema.required ?? [];
  const rank = (key: string) => {
    const r = required.indexOf(key);
    if (r >= 0) return r;
    const u = usual.indexOf(key);
    return 1000 + (u >= 0 ? u : 500);
  };
  return Object.keys(schema.properties ?? {}).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/**
 * A field that may be written in two ways is asked in the first of them: an address that is a text or a
 * structure is one line. What is there already in the other way keeps it.
 */
export function settle(schema: FormSchema, data: unknown): FormSchema {
  const out: FormSchema = { ...schema };
  if (Array.isArray(schema.type)) {
    const kind = data === null || data === undefined ? schema.type[0] : Array.isArray(data) ? "array" : typeof data;
    out.type = schema.type.includes(kind!) ? kind! : schema.type[0]!;
    if (out.type !== "object") {
      delete out.properties;
      delete out.required;
    }
  }
  if (out.properties) {
    const inside = (data ?? {}) as Record<string, unknown>;
    out.properties = Object.fromEntries(Object.entries(out.properties).map(([key, s]) => [key, settle(s, inside[key])]));
  }
  return out;
}

/** The ids rjsf gives the fields that must be filled, in the order they are shown. */
export function requiredIds(schema: FormSchema, at = "root"): string[] {
  if (!schema.properties) return [at];
  return orderOf(schema).filter((key) => schema.required?.includes(key)).flatMap((key) => requiredIds(schema.properties![key]!, `${at}_${key}`));
}

/** Values of one form for the fields another form has and that are empty: nothing written is overwritten. */
export function fillEmpty(schema: FormSchema, into: unknown, from: unknown): unknown {
  if (from === undefined || from === null) return into;
  const empty = into === undefined || into === "";
  if (!schema.properties || typeof from !== "object" || (!empty && typeof into !== "object")) return empty ? from : into;
  const out = { ...((into ?? {}) as Record<string, unknown>) };
  for (const [key, s] of Object.entries(schema.properties)) {
    const value = fillEmpty(s, out[key], (from as Record<string, unknown>)[key]);
    if (value !== undefined) out[key] = value;
  }
  return out;
}
