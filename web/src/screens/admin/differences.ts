// What a change of the directory changed, field by field.

export interface Difference {
  field: string;
  from?: string;
  to?: string;
}

/** Counts up with every change and tells nobody anything. */
const silent = new Set(["revision"]);

export function differences(before: Record<string, unknown> | undefined, after: Record<string, unknown> | undefined): Difference[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  const out: Difference[] = [];
  for (const field of [...fields].sort()) {
    const from = written(before?.[field]), to = written(after?.[field]);
    if (silent.has(field) || from === to) continue;
    out.push({ field, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) });
  }
  return out;
}

function written(v: unknown): string | undefined {
  if (v === undefined || v === null || v === "") return undefined;
  return typeof v === "object" ? JSON.stringify(v) : String(v);
}
