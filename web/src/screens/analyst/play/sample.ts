// A form filled in with what it asks for: an analyst plays the process, not the applicant's address.
interface FieldSchema {
  type?: string | string[];
  title?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  examples?: unknown[];
  format?: string;
  pattern?: string;
  minimum?: number;
  exclusiveMinimum?: number;
  minItems?: number;
  required?: string[];
  properties?: Record<string, FieldSchema>;
  items?: FieldSchema;
}

/** A value the schema takes, with required fields alone; today is for dates. */
export function sample(schema: unknown, today: string): unknown {
  const s = (schema ?? {}) as FieldSchema;
  if (s.const !== undefined) return s.const;
  if (s.default !== undefined) return s.default;
  if (s.examples?.length) return s.examples[0];
  if (s.enum?.length) return s.enum[0];
  switch ([s.type].flat()[0]) {
    case "object":
      return Object.fromEntries((s.required ?? []).map((k) => [k, sample(s.properties?.[k], today)]));
    case "array":
      return Array.from({ length: s.minItems ?? 0 }, () => sample(s.items, today));
    case "boolean":
      return false;
    case "integer":
    case "number":
      return s.minimum ?? (s.exclusiveMinimum === undefined ? 1 : s.exclusiveMinimum + 1);
    case "string":
      if (s.format === "date") return today;
      if (s.pattern) return codes.find((c) => new RegExp(s.pattern!, "u").test(c)) ?? "";
      return s.title ?? "x";
    default:
      return null;
  }
}

/** Codes forms usually ask for, of nobody: unified social credit, project, region, identity. */
const codes = ["000000000000000000", "2026-210304-01-01-000001", "210304", "210304000000", "11010119900101001X", "13800000000", "1"];

/** What was filled in, without what was left empty. */
export function filled(values: Record<string, unknown>): Record<string, unknown> {
  const empty = (v: unknown): boolean =>
    v === undefined || v === null || v === "" || (Array.isArray(v) && v.length === 0) || (typeof v === "object" && !Array.isArray(v) && Object.values(v as object).every(empty));
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, v]) => !empty(v))
      .map(([k, v]) => [k, typeof v === "object" && !Array.isArray(v) ? filled(v as Record<string, unknown>) : v]),
  );
}
