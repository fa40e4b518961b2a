import { describe, expect, test } from "vitest";
import type { LanguageNames } from "../../../api/gen/types.gen";
import { complete } from "./complete";
import type { Offer } from "./complete";
import { declared } from "./names";
import type { Schema } from "./schema";
import { testsSchema } from "./tests-schema";

const step = (kind: string, more: Record<string, Schema>): Schema => ({
  type: "object", required: [kind],
  properties: { [kind]: { type: "string", description: kind }, name: { type: "string" }, when: { type: "string" }, by: { type: "string" }, ...more },
});

const schema: Schema = {
  type: "object",
  required: ["language", "item"],
  properties: {
    language: { const: "lianban/v1" },
    item: { $ref: "#/$defs/item" },
    parties: { type: "object", additionalProperties: { $ref: "#/$defs/party" } },
    situations: { type: "object", additionalProperties: { type: "object", properties: { ask: { type: "string" }, type: { enum: ["boolean", "choice"] }, from: { type: "array", items: {} } } } },
    materials: { type: "object", additionalProperties: { type: "object", properties: { name: {}, from: {}, when: {} } } },
    process: { type: "array", items: { $ref: "#/$defs/step" } },
  },
  $defs: {
    item: {
      type: "object", required: ["code", "name"],
      properties: { code: { type: "string" }, name: { type: "string" }, level: { enum: ["state", "province", "city", "county"], description: "行使层级", "x-en": "Level" }, agents: { type: "boolean" }, lead: { type: "string" } },
    },
    party: { type: "object", properties: { name: { type: "string" }, kind: { enum: ["hall", "department", "external"] } } },
    step: {
      oneOf: [
        step("intake", { collect: { $ref: "#/$defs/limit" } }),
        step("decide", { reads: { type: "array", items: { type: "string" } }, limit: { $ref: "#/$defs/limit" }, back: { type: "array", items: { type: "string" } } }),
        step("parallel", { objection: { enum: ["finish", "stop", "lead"] }, branches: { type: "array", items: { $ref: "#/$defs/step" } } }),
      ],
    },
    limit: { oneOf: [{ type: "string", examples: ["10wd"] }, { type: "object", properties: { time: {}, late: { enum: ["mark", "grant"] } } }] },
  },
};

const entry = (id: string, name: string) => ({ id, name });
const names = { papers: [entry("floorPlan", "平面图")], sources: [entry("e-licence", "")], regions: [entry("210304", "立山区")], acts: [entry("accept", "受理"), entry("gap", "提出缺项")], verdicts: [entry("grant", "准予")], refusals: [entry("answer-open", "")] } as unknown as LanguageNames;

const item = `language: lianban/v1
item:
  code: "1"
  name: 甲
parties:
  hall: {name: 窗口, kind: hall}
  fire: {name: 消防, kind: department}
situations:
  gathering: {ask: 公众聚集？, type: boolean}
materials:
  plan: {name: 图, from: [applicant]}
form:
  type: object
  properties: {staff: {type: integer, title: 人数}}
process:
  - intake: receive
    by: hall
  - decide: check
    by: fire
    reads: [plan]
    gives: {opinion: {kind: approval, name: 意见书}}
`;

const labels = (offers: Offer[] | undefined) => (offers ?? []).map((o) => o.label);

/** The cursor is at the bar. */
function at(text: string) {
  const pos = text.indexOf("|");
  const out = complete(text.slice(0, pos) + text.slice(pos + 1), pos, { schema, names, english: false });
  return { out, got: labels(out?.offers), from: out ? pos - out.from : -1 };
}

describe("completion at", () => {
  const table: { where: string; text: string; has: string[]; hasNot?: string[]; typed?: number }[] = [
    { where: "the top level", text: item + "|", has: [], hasNot: ["parties", "item"] },
    { where: "the top level of a short text", text: "language: lianban/v1\n|", has: ["item", "parties", "process"], hasNot: ["language"] },
    { where: "a half-typed key", text: "language: lianban/v1\nproc|", has: ["process"], typed: 4 },
    { where: "a key of the item", text: "item:\n  code: \"1\"\n  |", has: ["name", "level", "agents"], hasNot: ["code"] },
    { where: "a value of the item", text: "item:\n  level: |\n  name: 甲", has: ["state", "county"] },
    { where: "a half-typed value of the item", text: "item:\n  level: cou|\n", has: ["county"], typed: 3 },
    { where: "a yes or no", text: "item:\n  agents: |\n", has: ["true", "false"] },
    { where: "a key in braces", text: "parties:\n  hall: {name: 窗口, |}\n", has: ["kind"], hasNot: ["name"] },
    { where: "a half-typed key in braces", text: "parties:\n  hall: {ki|}\n", has: ["kind"], typed: 2 },
    { where: "a value in braces", text: "parties:\n  hall: {name: 窗口, kind: |}\n", has: ["hall", "department"] },
    { where: "the first key of a step", text: "process:\n  - |\n", has: ["intake", "decide", "parallel"] },
    { where: "a key of a step whose kind is told", text: "process:\n  - intake: receive\n    |", has: ["collect", "by"], hasNot: ["reads", "branches", "intake"] },
    { where: "a key of a branch", text: "process:\n  - parallel: all\n    branches:\n      - decide: a\n        |", has: ["reads", "limit"], hasNot: ["branches", "objection"] },
    { where: "an example of a limit", text: "process:\n  - decide: a\n    limit: |", has: ["10wd", "time"] },
    { where: "a nested enum", text: "process:\n  - decide: a\n    limit: {time: 1wd, late: |}", has: ["mark", "grant"] },
    { where: "a party", text: item.replace("by: fire", "by: |"), has: ["hall", "fire"], hasNot: ["receive"] },
    { where: "papers, outputs and fields in a list", text: item.replace("[plan]", "[plan, |]"), has: ["opinion", "form.staff"], hasNot: ["plan", "hall"] },
    { where: "steps to go back to", text: item.replace("reads: [plan]", "back: [|]"), has: ["receive", "check"] },
    { where: "an expression", text: item.replace("reads: [plan]", "when: not ga|"), has: ["gathering", "form.staff", "and"], typed: 2 },
    { where: "an expression in quotes", text: item.replace("reads: [plan]", "when: 'gathering and form.|'"), has: ["form.staff"], typed: 5 },
    { where: "a source", text: item.replace("[applicant]", "[|]"), has: ["e-licence"] },
    { where: "a paper other definitions have", text: item.replace("form:\n", "  |\nform:\n"), has: ["floorPlan"], hasNot: ["plan"] },
  ];
  test.each(table)("$where", ({ text, has, hasNot, typed }) => {
    const { got, from } = at(text);
    for (const h of has) expect(got).toContain(h);
    for (const h of hasNot ?? []) expect(got).not.toContain(h);
    if (typed !== undefined) expect(from).toBe(typed);
  });

  test("a long text or a comment: nothing", () => {
    expect(at("item:\n  name: |甲\n").got).toEqual([]);
    expect(at("# it|\nitem: {}\n").out).toBeNull();
  });
});

test("what is put in fits the place", () => {
  const apply = (text: string, label: string) => at(text).out!.offers.find((o) => o.label === label)!.apply;
  expect(apply("language: lianban/v1\n|", "item")).toBe("item:\n  ");
  expect(apply("language: lianban/v1\n|", "process")).toBe("process:\n  - ");
  expect(apply("item:\n  |", "name")).toBe("name: ");
  expect(apply("item:\n  na|: 甲", "name")).toBe("name");
  expect(apply("process:\n  - parallel: all\n    |", "branches")).toBe("branches:\n      - ");
  expect(apply(item.replace("form:\n", "  |\nform:\n"), "floorPlan")).toBe("floorPlan: {name: 平面图}");
});

test("required keys come first, and are explained in the language of the screen", () => {
  const { got } = at("item:\n  |");
  expect(got.slice(0, 2)).toEqual(["code", "name"]);
  const out = complete("item:\n  le", 10, { schema, english: true });
  expect(out!.offers.find((o) => o.label === "level")!.info).toBe("Level");
});

describe("in scenario tests", () => {
  const of = (text: string) => {
    const pos = text.indexOf("|");
    return labels(complete(text.slice(0, pos) + text.slice(pos + 1), pos, { schema: testsSchema((k) => k), names, english: false, tests: declared(parsed) })?.offers);
  };
  const parsed = { situations: { gathering: { ask: "？" } }, materials: { plan: { name: "图" } }, process: [{ intake: "receive" }, { decide: "check" }] };
  const head = "people: {林: hall.clerk, 罗: fire.handle}\ncases:\n  - name: 一\n";
  test.each([
    ["acts", "    then:\n      - {by: 林, do: |}", ["accept", "gap"]],
    ["people", "    then:\n      - {by: |}", ["林", "罗", "applicant"]],
    ["steps", "    then:\n      - {do: grant, step: |}", ["receive", "check"]],
    ["refusals", "    then:\n      - {do: grant, refused: |}", ["answer-open"]],
    ["papers of a gap", "    then:\n      - {do: gap, lines: {|}}", ["plan"]],
    ["questions", "    file: {answers: {|}}", ["gathering"]],
    ["papers left out", "    file: {papers: {without: [|]}}", ["plan"]],
    ["what to expect", "    then:\n      - {expect: {|}}", ["state", "open", "verdicts"]],
    ["verdicts", "    then:\n      - {expect: {verdicts: {check: |}}}", ["grant"]],
  ])("%s", (_, text, has) => {
    const got = of(head + text);
    for (const h of has) expect(got).toContain(h);
  });
});
