import type { TFunction } from "i18next";

/** Where a paper or an answer comes from, in words: `data:NAME` is the data source of that name. */
export function sourceName(t: TFunction, source: string): string {
  const [kind, name] = source.split(":", 2);
  return t(`case:sources.${kind}`, { name, defaultValue: source });
}
