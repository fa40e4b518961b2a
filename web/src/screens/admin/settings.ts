// Which figure, level or exclusion of the supervision rules holds where, and by which setting.
import type { SupervisionSetting } from "../../api/gen/types.gen";

export interface Place {
  item?: string | undefined;
  hall?: string | undefined;
  region?: string | undefined;
}

/** As the rules judge a case: all that a setting names must fit, a region with everything below it. */
export function fits(s: SupervisionSetting, at: Place): boolean {
  return (!s.item || s.item === at.item) && (!s.hall || s.hall === at.hall) && (!s.region || (at.region ?? "").startsWith(s.region));
}

/** The last setting that fits and says something counts. No number: the rules themselves. */
export function holds<T>(settings: SupervisionSetting[], at: Place, base: T, said: (s: SupervisionSetting) => T | undefined): { value: T; by?: number } {
  let out: { value: T; by?: number } = { value: base };
  settings.forEach((s, by) => {
    const value = fits(s, at) ? said(s) : undefined;
    if (value !== undefined) out = { value, by };
  });
  return out;
}

/** What a rule is at a place: left out by any setting that fits, else at the level of the last one that names it. */
export function ruleAt(settings: SupervisionSetting[], at: Place, rule: string): { value: number | "off" | undefined; by?: number } {
  const off = settings.findIndex((s) => fits(s, at) && s.off?.includes(rule));
  if (off >= 0) return { value: "off", by: off };
  return holds<number | undefined>(settings, at, undefined, (s) => s.level?.[rule]);
}

/** What is written of a setting: nothing that is empty. */
export function tidy(s: SupervisionSetting): SupervisionSetting {
  const out: SupervisionSetting = {};
  for (const k of ["item", "hall", "region"] as const) if (s[k]?.trim()) out[k] = s[k].trim();
  const set = Object.entries(s.set ?? {}).filter(([, v]) => v !== undefined && v !== null && v !== "");
  if (set.length) out.set = Object.fromEntries(set);
  if (s.off?.length) out.off = s.off;
  const level = Object.entries(s.level ?? {}).filter(([, v]) => v !== undefined);
  if (level.length) out.level = Object.fromEntries(level);
  return out;
}

/** A version after another: the number at its end counts up, or gets one. */
export function nextVersion(of: string): string {
  const m = /^(.*?)(\d+)$/.exec(of);
  return m ? m[1] + String(Number(m[2]) + 1).padStart(m[2]!.length, "0") : of + ".1";
}
