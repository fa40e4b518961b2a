import { describe, expect, test } from "vitest";
import { monthWithin, spanName, spanOf, yearUntil } from "./period";

describe("periods", () => {
  test.each([
    ["month", "2026-02-28", "2026-02-01", "2026-02-28"],
    ["month", "2028-02-03", "2028-02-01", "2028-02-29"],
    ["lastMonth", "2026-01-15", "2025-12-01", "2025-12-31"],
    ["quarter", "2026-11-26", "2026-10-01", "2026-12-31"],
    ["quarter", "2026-03-31", "2026-01-01", "2026-03-31"],
    ["year", "2026-07-01", "2026-01-01", "2026-12-31"],
  ] as const)("%s seen from %s", (span, today, from, until) => {
    expect(spanOf(span, today)).toEqual({ from, until });
    expect(spanName({ from, until }, today)).toBe(span);
  });

  test("twelve months end with the month of a day", () => {
    expect(yearUntil("2026-03-09")).toEqual({ from: "2025-04-01", until: "2026-03-31" });
  });

  test("a month is cut to the period it is looked at in", () => {
    const period = { from: "2026-03-10", until: "2026-05-20" };
    expect(monthWithin("2026-03", period)).toEqual({ from: "2026-03-10", until: "2026-03-31" });
    expect(monthWithin("2026-04", period)).toEqual({ from: "2026-04-01", until: "2026-04-30" });
    expect(monthWithin("2026-05", period)).toEqual({ from: "2026-05-01", until: "2026-05-20" });
  });

  test("an odd period has no name", () => {
    expect(spanName({ from: "2026-03-02", until: "2026-03-31" }, "2026-03-09")).toBeUndefined();
  });
});
