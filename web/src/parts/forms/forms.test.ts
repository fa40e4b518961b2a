import { describe, expect, it } from "vitest";
import { fillEmpty, orderOf, requiredIds, settle } from "./fields";
import type { FormSchema } from "./fields";
import { faults, makeValidator } from "./validator";

const schema: FormSchema = {
  type: "object",
  required: ["applicant", "premises", "staff"],
  properties: {
    applicant: {
      type: "object",
      required: ["name"],
      properties: {
        address: { type: "string" },
        creditCode: { type: "string", pattern: "^[0-9A-HJ-NP-RTUWXY]{18}$" },
        name: { type: "string", minLength: 1, maxLength: 20 },
        phone: { type: "string" },
      },
    },
    premises: { type: ["string", "object"], minLength: 1, required: ["text"], properties: { text: { type: "string", minLength: 1 } } },
    staff: { type: "integer", minimum: 1 },
  },
};

describe("faults", () => {
  it("names the missing fields where they stand", () => {
    expect(faults(schema, { applicant: {} })).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: ["applicant", "name"], rule: "required" }),
        expect.objectContaining({ path: ["premises"], rule: "required" }),
        expect.objectContaining({ path: ["staff"], rule: "required" }),
      ]),
    );
    expect(faults(schema, { applicant: {} })).toHaveLength(3);
  });
  it("gives the limit that is broken", () => {
    expect(faults(schema, { applicant: { name: "某" }, premises: "某路", staff: 0 })).toEqual([{ path: ["staff"], rule: "minimum", limit: 1 }]);
    expect(faults(schema, { applicant: { name: "某", creditCode: "1" }, premises: "某路", staff: 2 })[0]).toMatchObject({
      path: ["applicant", "creditCode"], rule: "pattern",
    });
  });
  it("takes a field left empty for absent", () => {
    expect(faults(schema, { applicant: { name: undefined }, premises: "某路", staff: 2 })).toEqual([
      expect.objectContaining({ path: ["applicant", "name"], rule: "required" }),
    ]);
  });
  it("follows references", () => {
    const s = { $defs: { n: { type: "integer", maximum: 3 } }, properties: { "a/b": { $ref: "#/$defs/n" } } };
    expect(faults(s, { "a/b": 4 })).toEqual([{ path: ["a/b"], rule: "maximum", limit: 3 }]);
  });
});

describe("makeValidator", () => {
  const v = makeValidator((rule, values) => `${rule}:${String(values.limit ?? "")}`);
  it("puts each sentence at its field", () => {
    const { errorSchema, errors } = v.validateFormData({ applicant: { name: "某" }, premises: "某路", staff: 0 }, schema as never);
    expect(errors).toHaveLength(1);
    expect((errorSchema as unknown as { staff: { __errors: string[] } }).staff.__errors).toEqual(["minimum:1"]);
  });
  it("says whether a branch of a schema fits", () => {
    expect(v.isValid({ required: ["a"] } as never, {}, {} as never)).toBe(false);
    expect(v.isValid({ required: ["a"] } as never, { a: 1 }, {} as never)).toBe(true);
  });
});

describe("fields", () => {
  it("asks first what must be filled, then in the order people know", () => {
    expect(orderOf(schema)).toEqual(["applicant", "premises", "staff"]);
    expect(orderOf(schema.properties!.applicant!)).toEqual(["name", "creditCode", "phone", "address"]);
  });
  it("asks an address in one line, and keeps one that has a structure", () => {
    expect(settle(schema, {}).properties!.premises).toMatchObject({ type: "string" });
    expect(settle(schema, {}).properties!.premises!.properties).toBeUndefined();
    expect(settle(schema, { premises: { text: "某路" } }).properties!.premises).toMatchObject({ type: "object" });
  });
  it("knows the ids of the fields that must be filled", () => {
    expect(requiredIds(settle(schema, {}))).toEqual(["root_applicant_name", "root_premises", "root_staff"]);
  });
  it("fills what is empty and overwrites nothing", () => {
    expect(fillEmpty(schema, { applicant: { name: "甲" } }, { applicant: { name: "乙", phone: "1" }, premises: "某路", staff: 3, other: 1 })).toEqual({
      applicant: { name: "甲", phone: "1" }, premises: "某路", staff: 3,
    });
    expect(fillEmpty(schema, { premises: "旧路" }, { premises: { text: "某路" } })).toEqual({ premises: "旧路" });
  });
});
