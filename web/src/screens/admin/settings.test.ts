import { expect, test } from "vitest";
import { holds, nextVersion, ruleAt, tidy } from "./settings";

const settings = [
  { region: "2103", set: { unclaimed: 12 }, off: ["S1"] },
  { item: "I1", hall: "hall", set: { unclaimed: 8 }, level: { T9: 2 } },
  { item: "I2", set: { unclaimed: 4 } },
];
const unclaimed = (at: object) => holds<unknown>(settings, at, 24, (s) => s.set?.unclaimed);

test("the last setting that fits in all it names holds", () => {
  expect(unclaimed({})).toEqual({ value: 24 });
  expect(unclaimed({ region: "210304" })).toEqual({ value: 12, by: 0 });
  expect(unclaimed({ region: "210304", item: "I1" })).toEqual({ value: 12, by: 0 });
  expect(unclaimed({ region: "210304", item: "I1", hall: "hall" })).toEqual({ value: 8, by: 1 });
  expect(unclaimed({ region: "21" })).toEqual({ value: 24 });
});

test("a rule that any setting leaves out is out", () => {
  expect(ruleAt(settings, { region: "210304", item: "I2" }, "S1")).toEqual({ value: "off", by: 0 });
  expect(ruleAt(settings, { item: "I1", hall: "hall" }, "T9")).toEqual({ value: 2, by: 1 });
  expect(ruleAt(settings, { item: "I1" }, "T9")).toEqual({ value: undefined });
});

test("what is empty is not written", () => {
  expect(tidy({ item: " I1 ", hall: "", set: { a: "", b: 0, c: false }, off: [], level: {} })).toEqual({ item: "I1", set: { b: 0, c: false } });
});

test("the next version counts up", () => {
  expect(["2026.1", "2026.09", "v"].map(nextVersion)).toEqual(["2026.2", "2026.10", "v.1"]);
});
