// Marks between what is put together on the screen: those of the language that is spoken. Texts that are whole
// sentences carry their own.
import i18next from "i18next";

const english = (): boolean => i18next.language?.startsWith("en") ?? false;

/** Between the members of a list: 甲、乙 or A, B. */
export const comma = (): string => (english() ? ", " : "、");

/** Between members that hold commas themselves. */
export const semicolon = (): string => (english() ? "; " : "；");

/** Between a name and what is said of it. */
export const colon = (): string => (english() ? ": " : "：");

/** An aside. Empty where there is nothing to say. */
export const aside = (text: string | undefined): string => (!text ? "" : english() ? ` (${text})` : `（${text}）`);
