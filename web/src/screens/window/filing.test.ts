import { describe, expect, it } from "vitest";
import type { Checklist } from "../../api/gen/types.gen";
import { answersTo, asked, distribute, emptyFiling, missing, numberField, startBody } from "./filing";
import type { Question } from "./filing";

const questions: Question[] = [
  { id: "gathering", ask: "聚集", type: "boolean" },
  { id: "fireMode", ask: "方式", type: "choice", options: [{ id: "commitment", label: "承诺" }], expr: 'gathering and "x" != "fireMode"' },
  { id: "area", ask: "面积", type: "number" },
];

describe("questions", () => {
  it("shows one with a condition only after its own question was answered, and only while the guide has it", () => {
    expect(asked(questions, questions, {}).map((q) => q.id)).toEqual(["gathering", "area"]);
    expect(asked(questions, questions, { gathering: true }).map((q) => q.id)).toEqual(["gathering", "fireMode", "area"]);
    expect(asked(questions, [questions[0]!, questions[2]!], { gathering: false }).map((q) => q.id)).toEqual(["gathering", "area"]);
  });
  it("does not send the answer to a question that is not asked any more", () => {
    expect(answersTo([questions[0]!], { gathering: false, fireMode: "commitment" })).toEqual({ gathering: false });
  });
});

const list: Checklist = {
  item: "x", version: "1", offers: [],
  papers: [
    { id: "idCard", name: "身份证明", need: "held", form: "electronic", count: 1 },
    { id: "lease", name: "场所使用证明", need: "bring", form: "copy", count: 1, follow: "5wd" },
    { id: "plan", name: "设备布局", need: "bring", form: "electronic", count: 1 },
    { id: "licence", name: "营业执照", need: "made", form: "electronic", count: 1 },
    { id: "manager", name: "管理员证明", need: "compare", form: "copy", count: 1 },
  ],
  promises: [{ id: "fire", text: "承诺书" }],
};
const file = (name: string) => ({ hash: name, name, type: "application/pdf", size: 1 });

describe("papers", () => {
  it("asks for what is neither held nor made nor put off", () => {
    expect(missing(list.papers, emptyFiling).map((p) => p.id)).toEqual(["lease", "plan", "manager"]);
    expect(missing(list.papers, { ...emptyFiling, defer: ["lease"], papers: { plan: { file: file("p") }, manager: { held: true } } })).toEqual([]);
  });
  it("sends what was handed in, and nothing about papers that are not asked for", () => {
    const body = startBody("x", "1", {
      ...emptyFiling,
      papers: { plan: { file: file("p"), original: true }, manager: { held: true }, licence: { file: file("l") }, gone: { file: file("g") } },
      defer: ["lease", "plan"],
      promises: { fire: file("f") },
      undertaking: file("u"),
    }, questions, list);
    expect(body.papers).toEqual([
      { id: "plan", hash: "p", source: "applicant", original: true },
      { id: "manager", source: "library", original: true },
    ]);
    expect(body.defer).toEqual(["lease"]);
    expect(body.undertaking).toEqual({ hash: "u" });
    expect(startBody("x", "1", { ...emptyFiling, undertaking: file("u") }, questions, list).undertaking).toBeUndefined();
    expect(body.promises).toEqual([{ id: "fire", hash: "f" }]);
  });
});

describe("distribute", () => {
  const papers = [{ id: "lease", name: "场所使用证明" }, { id: "plan", name: "设备布局和操作流程" }, { id: "rules", name: "制度清单" }];
  it("goes by names, then by order", () => {
    expect(distribute(["scan1.pdf", "设备布局.pdf", "场所证明.jpg"], papers)).toEqual(["rules", "plan", "lease"]);
    expect(distribute(["1.pdf", "2.pdf"], papers)).toEqual(["lease", "plan"]);
  });
  it("leaves over what has no place", () => {
    expect(distribute(["1.pdf", "2.pdf"], [papers[0]!])).toEqual(["lease", undefined]);
  });
});

describe("numberField", () => {
  it("tells an identity number from a credit code", () => {
    expect(numberField("210304199001011234")).toBe("idNumber");
    expect(numberField("21030419900101123X")).toBe("idNumber");
    expect(numberField("91210304MA0000000X")).toBe("creditCode");
    expect(numberField("护照E1")).toBe("idNumber");
  });
});
