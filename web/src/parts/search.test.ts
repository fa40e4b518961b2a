import { expect, test } from "vitest";
import { clean, dayWord, oneOf, positive, word } from "./search";

test("numbers of an address are words again", () => {
  expect(word(210304)).toBe("210304");
  expect(word("")).toBeUndefined();
  expect(word(["a"])).toBeUndefined();
});

test("what an address may not say is left out", () => {
  expect(oneOf("org", ["org", "item"])).toBe("org");
  expect(oneOf("people", ["org", "item"])).toBeUndefined();
  expect(positive("12")).toBe(12);
  expect(positive("-1")).toBeUndefined();
  expect(positive("1.5")).toBeUndefined();
  expect(dayWord("2026-03-09")).toBe("2026-03-09");
  expect(dayWord("2026-13-09")).toBeUndefined();
  expect(clean({ a: undefined, b: "", c: 0, d: false })).toEqual({ c: 0, d: false });
});
