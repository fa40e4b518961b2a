// What an address may carry. The router reads numbers and booleans out of it; screens want words.

/** A word of the address, or nothing. */
export function word(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** One of a few words, or nothing. */
export function oneOf<T extends string>(value: unknown, words: readonly T[]): T | undefined {
  const w = word(value);
  return words.find((x) => x === w);
}

/** A whole number from 1 on, or nothing. */
export function positive(value: unknown): number | undefined {
  const n = Number(value);
  return Number.isSafeInteger(n) && n > 0 ? n : undefined;
}

/** A day, 2026-03-09, or nothing. */
export function dayWord(value: unknown): string | undefined {
  const w = word(value);
  return w && /^\d{4}-\d{2}-\d{2}$/.test(w) && !Number.isNaN(Date.parse(w)) ? w : undefined;
}

type Given<V> = Exclude<V, undefined | null>;

/** What must be there stays there; what may be missing may be left out. */
export type Cleaned<T> =
  & { [K in keyof T as undefined extends T[K] ? never : K]: Given<T[K]> }
  & { [K in keyof T as undefined extends T[K] ? K : never]?: Given<T[K]> };

/** Search parameters without those that say nothing. */
export function clean<T extends object>(search: T): Cleaned<T> {
  return Object.fromEntries(Object.entries(search).filter(([, v]) => v !== undefined && v !== "" && v !== null)) as Cleaned<T>;
}
