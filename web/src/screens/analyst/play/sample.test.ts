import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Validator } from "@cfworker/json-schema";
import { expect, test } from "vitest";
import { sample } from "./sample";

const dictionary = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../../../../engine/definition/dictionary.json"), "utf8")) as Record<string, object>;

test.each(Object.entries(dictionary))("a sample of %s is taken by its schema", (_, schema) => {
  const got = sample(schema, "2026-03-02");
  expect(new Validator(schema, "2020-12").validate(got).errors).toEqual([]);
});

test("required fields alone, of every kind", () => {
  const schema = {
    type: "object", required: ["name", "staff", "share", "on", "kind", "rooms", "code", "own"],
    properties: {
      name: { type: "string", title: "名称" }, staff: { type: "integer", minimum: 3 }, share: { type: "number", exclusiveMinimum: 0 }, on: { type: "string", format: "date" },
      kind: { enum: ["person", "enterprise"] }, rooms: { type: "array", minItems: 2, items: { type: "boolean" } }, code: { type: "string", pattern: "^[0-9A-HJ-NP-RTUWXY]{18}$" },
      own: { type: "boolean" }, more: { type: "string" },
    },
  };
  expect(sample(schema, "2026-03-02")).toEqual({ name: "名称", staff: 3, share: 1, on: "2026-03-02", kind: "person", rooms: [false, false], code: "000000000000000000", own: false });
});
