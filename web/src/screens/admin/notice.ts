// A notice of holidays as it is entered, and what the server takes.
import type { CalendarContent, CalendarRun } from "../../api/gen/types.gen";

export interface NoticeDay {
  work: boolean;
  from: string;
  to: string;
  name: string;
}

export interface Notice {
  /** A year of the mainland, or days of a region. */
  scope: "year" | "region";
  year?: number;
  region?: string;
  name: string;
  number?: string;
  issued?: string;
  days: NoticeDay[];
}

export function contentOf(n: Notice): CalendarContent {
  const notice = { name: n.name.trim(), ...(n.number?.trim() ? { number: n.number.trim() } : {}), ...(n.issued ? { issued: n.issued } : {}) };
  const days = n.days.map((d): CalendarRun => ({ from: d.from, to: d.to || d.from, name: d.name.trim(), ...(d.work ? { work: true } : {}) }));
  return n.scope === "year"
    ? { reason: notice.name, years: [{ year: n.year!, notices: [notice], days }] }
    : { reason: notice.name, layers: [{ region: n.region!, notice, days }] };
}

const dayOf = /^\d{4}-\d{2}-\d{2}$/;

export type NoticeFault = "yaml" | "year" | "days";

/**
 * A calendar file of the product (definitions/calendars), or a year of holiday-cn (JSON is YAML), read into the form;
 * or why it cannot be.
 */
export async function readNotice(text: string): Promise<Notice | NoticeFault> {
  const { parse } = await import("yaml");
  let file: unknown;
  try {
    // Days stay text: as dates they would move with the zone of the machine.
    file = parse(text, { schema: "core" });
  } catch {
    return "yaml";
  }
  if (!file || typeof file !== "object") return "yaml";
  const { year, notices, days, papers } = file as { year?: unknown; notices?: unknown; days?: unknown; papers?: unknown };
  if (typeof year !== "number" || !Number.isInteger(year)) return "year";
  if (!Array.isArray(days)) return "days";
  const read = days.map(dayLine);
  if (read.some((d) => !d)) return "days";
  const notice = (Array.isArray(notices) ? (notices[0] as Record<string, unknown> | undefined) : undefined) ?? {};
  const said = (k: string) => (typeof notice[k] === "string" ? (notice[k] as string) : undefined);
  const number = said("number"), issued = said("issued");
  const paper = Array.isArray(papers) && typeof papers[0] === "string" ? papers[0] : "";
  return {
    scope: "year", year, name: said("name") ?? paper, days: read as NoticeDay[],
    ...(number ? { number } : {}), ...(issued ? { issued } : {}),
  };
}

/** {off: 2026-02-15..2026-02-23, name}, {work: 2026-02-14, name}, or {date, isOffDay, name} of holiday-cn. */
function dayLine(line: unknown): NoticeDay | undefined {
  if (!line || typeof line !== "object") return undefined;
  const l = line as Record<string, unknown>;
  const name = typeof l.name === "string" ? l.name : "";
  if (typeof l.date === "string" && typeof l.isOffDay === "boolean") return dayOf.test(l.date) ? { work: !l.isOffDay, from: l.date, to: l.date, name } : undefined;
  const span = l.off ?? l.work;
  if (typeof span !== "string") return undefined;
  const [from, to = from] = span.split("..");
  return from && to && dayOf.test(from) && dayOf.test(to) ? { work: l.work !== undefined, from, to, name } : undefined;
}
