import { expect, it } from "vitest";
import { answerBody, openLines } from "./AnswerPanel";

const file = { hash: "h", name: "a.pdf", type: "application/pdf", size: 1 };

it("sends papers with a file and statements with a text, and nothing empty", () => {
  expect(answerBody("receive", { lease: { file, original: true }, layout: { text: " 已改 " }, plan: { file: undefined, text: " " } })).toEqual({
    step: "receive", papers: [{ id: "lease", hash: "h", original: true }], statements: [{ of: "layout", text: "已改" }],
  });
  expect(answerBody("receive", {})).toEqual({ step: "receive" });
});

it("asks for the lines of the last correction notice that are not answered", () => {
  expect(openLines([
    { kind: "correction", lines: [{ of: "old", reason: "" }] },
    { kind: "pause" },
    { kind: "correction", lines: [{ of: "a", reason: "", answered: true }, { of: "b", reason: "" }] },
  ]).map((l) => l.of)).toEqual(["b"]);
  expect(openLines(undefined)).toEqual([]);
});
