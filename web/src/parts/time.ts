// Days and instants as people in the hall read them: +08:00, whatever the machine's own zone.
import type { TFunction } from "i18next";

const zone = "Asia/Shanghai";

const parts = new Intl.DateTimeFormat("en-CA", {
  timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});

function pieces(at: string | Date): Record<string, string> {
  const date = typeof at === "string" ? new Date(at) : at;
  return Object.fromEntries(parts.formatToParts(date).map((p) => [p.type, p.value]));
}

/** The day of an instant: 2026-03-09. */
export function day(at: string | Date): string {
  const p = pieces(at);
  return `${p.year}-${p.month}-${p.day}`;
}

/** Day and minute of an instant: 2026-03-09 14:05. */
export function minute(at: string | Date): string {
  const p = pieces(at);
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}`;
}

/** The instant of a day and minute as they are read in the hall: the way back from minute. China has had one offset since 1991. */
export function instant(minute: string): string {
  return `${minute.replace(" ", "T")}:00+08:00`;
}

/** The last day of a due time. Due times are exclusive: midnight after the last day. */
export function lastDay(due: string): string {
  return day(new Date(new Date(due).getTime() - 1));
}

/** Whole calendar days from now to the last day of a due time; negative: past. */
export function daysLeft(due: string, now: Date): number {
  return Math.round((Date.parse(lastDay(due)) - Date.parse(day(now))) / 86_400_000);
}

/** A period of the language in words: 5wd is 5 个工作日. t is any area's; the words are common. */
export function periodWords(period: string, t: TFunction): string {
  const [, n, unit] = /^(\d+)(wd|cd|mo|y|h)$/.exec(period) ?? [];
  return n ? t(`common:period.${unit}`, { n }) : period;
}
