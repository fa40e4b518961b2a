import { expect, test } from "vitest";
import { day, daysLeft, instant, lastDay, minute } from "./time";

test("instants are read and written by the hall's own clock, whatever the machine's zone", () => {
  expect(minute("2026-11-26T16:45:00Z")).toBe("2026-11-27 00:45");
  expect(instant("2026-11-27 00:45")).toBe("2026-11-27T00:45:00+08:00");
  expect(minute(instant("2026-03-09 14:05"))).toBe("2026-03-09 14:05");
  expect(day("2026-12-31T16:00:00Z")).toBe("2027-01-01");
});

test("a due time is the midnight after its last day", () => {
  expect(lastDay("2026-03-09T16:00:00Z")).toBe("2026-03-09");
  expect(daysLeft("2026-03-09T16:00:00Z", new Date("2026-03-09T15:59:00Z"))).toBe(0);
  expect(daysLeft("2026-03-09T16:00:00Z", new Date("2026-03-09T16:00:00Z"))).toBe(-1);
});
