import { expect, test } from "vitest";
import type { ActField } from "../../api/gen/types.gen";
import { gapIn, toBody, unsaid } from "./body";

test("what was left empty is not sent, files are sent as hashes", () => {
  const stored = { hash: "a".repeat(64), name: "租赁合同.pdf", type: "application/pdf", size: 7 };
  expect(
    toBody({
      reason: "  烟道走向不明 ",
      basis: "",
      checks: [{ id: "layout", ok: true }, { id: "staffFit" }, { id: "ownFlue", ok: false, note: "无烟道" }],
      lines: [{}, { of: "lease", reason: "未提交" }],
      conditions: [" ", "加装油烟净化器"],
      papers: [{ id: "lease", file: stored, original: true }, { id: "idCard" }],
      outputs: [{ id: "foodPermit", number: "JY1", file: stored }],
      takes: [{ step: "fumeSiting", condition: "加装", taken: true, reason: "旧" }],
      file: stored,
      statements: [{ of: "lease", text: "" }],
      items: [],
    }),
  ).toEqual({
    reason: "烟道走向不明",
    checks: [{ id: "layout", ok: true }, { id: "ownFlue", ok: false, note: "无烟道" }],
    lines: [{ of: "lease", reason: "未提交" }],
    conditions: ["加装油烟净化器"],
    papers: [{ id: "lease", hash: stored.hash, original: true }],
    outputs: [{ id: "foodPermit", number: "JY1", hash: stored.hash }],
    takes: [{ step: "fumeSiting", condition: "加装", taken: true }],
    file: stored.hash,
  });
});

test("what is half written is named, what is empty or whole is not", () => {
  expect(gapIn("lines", [{}, { of: "lease", reason: "未提交" }])).toBeUndefined();
  expect(gapIn("lines", [{ of: "lease", reason: "未提交" }, { reason: "不清晰" }])).toBe("line");
  expect(gapIn("lines", [{ of: "lease", reason: " " }])).toBe("line");
  expect(gapIn("points", [{ of: "layout" }])).toBe("point");
  expect(gapIn("corrections", [{ field: "name" }])).toBe("correction");
  expect(gapIn("corrections", [{ field: "fumes", to: false }])).toBeUndefined();
  expect(gapIn("corrections", [{ to: "和平街" }])).toBe("correction");
  expect(gapIn("overrides", [{ step: "fumeSiting" }])).toBe("reason");
  expect(gapIn("takes", [{ step: "fumeSiting", condition: "加装", taken: false }])).toBe("reason");
  expect(gapIn("takes", [{ step: "fumeSiting", condition: "加装", taken: true }])).toBeUndefined();
  expect(gapIn("reason", "……")).toBeUndefined();
});

test("each condition that is asked for is said something of, for or against", () => {
  const name = { zh: "布局", en: "layout" };
  const field = { field: "checks", kind: "checks", label: name, choices: [{ id: "layout", name, asked: true }, { id: "staff", name, asked: true }, { id: "flue", name }] } as ActField;
  expect(unsaid(field, undefined)?.id).toBe("layout");
  expect(unsaid(field, [{ id: "layout", ok: true }, { id: "staff" }])?.id).toBe("staff");
  expect(unsaid(field, [{ id: "layout", ok: true }, { id: "staff", ok: false }])).toBeUndefined();
  const conditions = { field: "takes", kind: "takes", label: name, choices: [{ id: "加装", of: "fumeSiting", name, asked: true }, { id: "加装", of: "sewer", name, asked: true }] } as ActField;
  expect(unsaid(conditions, [{ step: "fumeSiting", condition: "加装", taken: true }, { step: "sewer", condition: "加装" }])?.of).toBe("sewer");
  expect(unsaid(conditions, [{ step: "fumeSiting", condition: "加装", taken: true }, { step: "sewer", condition: "加装", taken: false, reason: "已有" }])).toBeUndefined();
  const opinions = { field: "overrides", kind: "overrides", label: name, choices: [{ id: "fumeSiting", name, asked: true }] } as ActField;
  expect(unsaid(opinions, undefined)?.id).toBe("fumeSiting");
  expect(unsaid(opinions, [{ step: "fumeSiting", reason: "符合要求" }])).toBeUndefined();
  const originals = { field: "originals", kind: "originals", label: name, choices: [{ id: "lease", name, asked: true }, { id: "flue", name, asked: true }] } as ActField;
  expect(unsaid(originals, undefined)?.id).toBe("lease");
  expect(unsaid(originals, ["lease"])?.id).toBe("flue");
  expect(unsaid(originals, ["flue", "lease"])).toBeUndefined();
  const signatures = { field: "signatures", kind: "signatures", label: name, choices: [{ id: "applicant", name, asked: true }, { id: "eco", name, asked: true }] } as ActField;
  expect(unsaid(signatures, [{ of: "applicant", signed: true }, { of: "eco" }])?.id).toBe("eco");
  expect(unsaid(signatures, [{ of: "applicant", signed: true, name: " 代理人 " }, { of: "eco", signed: false, unsigned: "拒绝签字" }])).toBeUndefined();
  expect(toBody({ signatures: [{ of: "applicant", signed: true, name: " 代理人 ", unsigned: "旧" }, { of: "eco", signed: false, unsigned: "拒绝签字" }, { of: "fire" }] })).toEqual({
    signatures: [{ of: "applicant", name: "代理人" }, { of: "eco", unsigned: "拒绝签字" }],
  });
  expect(gapIn("signatures", [{ of: "eco", signed: false, unsigned: " " }])).toBe("reason");
  const reason = { field: "reason", kind: "longText", label: name } as ActField;
  expect(unsaid(reason, "烟道与住宅共用")).toBeUndefined();
});
