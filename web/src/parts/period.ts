// Periods of whole days, as figures are asked for.

export interface Period {
  from: string;
  until: string;
}

const parts = (day: string) => day.split("-").map(Number) as [number, number, number];
const pad = (n: number) => String(n).padStart(2, "0");

/** The first day of a month; months beyond a year's end run over. */
export function firstOf(year: number, month: number): string {
  const at = new Date(Date.UTC(year, month - 1, 1));
  return `${at.getUTCFullYear()}-${pad(at.getUTCMonth() + 1)}-01`;
}

/** The last day of a month; months beyond a year's end run over. */
export function lastOf(year: number, month: number): string {
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}

export const spans = ["month", "lastMonth", "quarter", "year"] as const;
export type Span = (typeof spans)[number];

/** The period of a name, seen from a day. */
export function spanOf(span: Span, today: string): Period {
  const [year, month] = parts(today);
  switch (span) {
    case "month":
      return { from: firstOf(year, month), until: lastOf(year, month) };
    case "lastMonth":
      return { from: firstOf(year, month - 1), until: lastOf(year, month - 1) };
    case "quarter": {
      const first = month - ((month - 1) % 3);
      return { from: firstOf(year, first), until: lastOf(year, first + 2) };
    }
    case "year":
      return { from: firstOf(year, 1), until: lastOf(year, 12) };
  }
}

/** The name of a period seen from a day, if it has one. */
export function spanName(period: Period, today: string): Span | undefined {
  return spans.find((s) => {
    const p = spanOf(s, today);
    return p.from === period.from && p.until === period.until;
  });
}

/** The twelve months that end with the month of a day. */
export function yearUntil(day: string): Period {
  const [year, month] = parts(day);
  return { from: firstOf(year, month - 11), until: lastOf(year, month) };
}

/** A month (2026-03) within a period. */
export function monthWithin(month: string, period: Period): Period {
  const [year, m] = parts(month + "-01");
  const whole = { from: firstOf(year, m), until: lastOf(year, m) };
  return { from: whole.from > period.from ? whole.from : period.from, until: whole.until < period.until ? whole.until : period.until };
}
