import { describe, expect, test } from "vitest";
import type { ClockLine, Step, Wait } from "../../api/gen/types.gen";
import { lanesOf, usedDays } from "./lanes";

const step = (id: string, party: string, more: Partial<Step> = {}): Step => ({ id, name: id, kind: "review", status: "open", order: 0, depth: 1, party, partyName: party.toUpperCase(), ...more });
const wait = (who: string, at: string): Wait => ({ who, step: at, whyZh: "", whyEn: "", since: "2026-03-02T00:00:00Z" });

describe("lanes", () => {
  test("one per department, blocks have none, absent ones come last", () => {
    const lanes = lanesOf(
      [
        step("block", "", { kind: "parallel", order: 0 }),
        step("c", "city", { status: "absent", order: 1 }),
        step("a", "fire", { order: 2 }),
        step("b", "fire", { order: 3, status: "waiting" }),
      ],
      [], [], [wait("fire", "a"), wait("applicant", "b")],
    );
    expect(lanes.map((l) => [l.party, l.steps.length, l.absent, l.active])).toEqual([["fire", 2, false, true], ["city", 1, true, false]]);
    expect(lanes[0]!.steps.map((s) => s.waits.map((w) => w.who))).toEqual([["fire"], ["applicant"]]);
  });

  test("who looks at the papers for the intake stands in its own lane", () => {
    const lanes = lanesOf([step("receive", "hall", { kind: "intake" }), step("a", "fire", { status: "waiting", order: 1 })], [], [], [wait("hall", "receive"), wait("fire", "receive")]);
    expect(lanes.map((l) => [l.party, l.active, l.steps[0]!.waits.map((w) => w.who)])).toEqual([["hall", true, ["hall"]], ["fire", true, ["fire"]]]);
  });
});

describe("days used", () => {
  const lines = [
    { kind: "start", from: "2026-12-04", to: "2026-12-04" },
    { kind: "counted", from: "2026-12-07", to: "2026-12-11", days: 5, total: 5 },
    { kind: "weekend", from: "2026-12-12", to: "2026-12-13", days: 2 },
    { kind: "counted", from: "2026-12-14", to: "2026-12-18", days: 5, total: 10 },
  ] as unknown as ClockLine[];

  test.each([
    ["2026-12-04", 0],
    ["2026-12-07", 1],
    ["2026-12-11", 5],
    ["2026-12-13", 5],
    ["2026-12-15", 7],
    ["2027-01-01", 10],
  ])("on %s", (today, used) => {
    expect(usedDays(lines, today)).toEqual({ used, total: 10, percent: used * 10 });
  });

  test("a weekend day that is worked counts, a day behind the last does not", () => {
    const worked = [
      { kind: "counted", from: "2026-02-12", to: "2026-02-13", days: 2, total: 2 },
      { kind: "make-up", from: "2026-02-14", to: "2026-02-14", days: 1, total: 3 },
      { kind: "holiday", from: "2026-02-15", to: "2026-02-23", days: 9 },
      { kind: "counted", from: "2026-02-24", to: "2026-02-27", days: 4, total: 7 },
    ];
    expect(usedDays(worked as unknown as ClockLine[], "2026-02-24")).toEqual({ used: 4, total: 7, percent: 57 });
    const capped = [...worked, { kind: "capped", from: "2026-02-27", to: "2026-02-25", days: 2 }, { kind: "end", from: "2026-02-25", to: "2026-02-25" }];
    expect(usedDays(capped as unknown as ClockLine[], "2026-02-26")).toEqual({ used: 5, total: 5, percent: 100 });
  });

  test("a limit in hours has no days to count", () => {
    expect(usedDays([], "2026-12-04")).toBeUndefined();
  });
});
