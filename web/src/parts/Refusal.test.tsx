import { cleanup, render } from "@testing-library/react";
import { afterEach, beforeAll, expect, test } from "vitest";
import { Refused } from "../api/client";
import type { Problem } from "../api/gen/types.gen";
import { speak } from "../texts";
import { Refusal } from "./Refusal";

afterEach(cleanup);
beforeAll(() => speak("zh-CN"));

/** How a refusal of a status reads. */
function reads(status: number, problem: Partial<Problem>, marked = false) {
  const whole = { type: "/problems/x", title: "x", status, code: "x", zh: "缺少必填字段", en: "a required field is missing", ...problem };
  return render(<Refusal error={new Refused(whole, status)} marked={marked} />).container.textContent ?? "";
}

test("a request that is not as the document asks says which field", () => {
  expect(reads(400, { where: "/reason" })).toBe("缺少必填字段位置：/reason");
});

test("in English, too", async () => {
  await speak("en");
  expect(reads(400, { where: "/reason" })).toBe("a required field is missingAt: /reason");
  await speak("zh-CN");
});

test("several fields are each named once", () => {
  const errors = ["/reason", "/basis"].map((where) => ({ where, zh: "缺少", en: "missing" }));
  const text = reads(400, { where: "/reason", errors });
  expect(text).not.toContain("位置");
  expect(text.match(/\/reason/g)).toHaveLength(1);
});

test("a field the form has marked is not named again, nor a place where none is told", () => {
  expect(reads(400, { where: "/org" }, true)).toBe("缺少必填字段");
  expect(reads(400, {})).toBe("缺少必填字段");
});

test("what the engine refuses names its matter itself", () => {
  expect(reads(422, { where: "reason" })).toBe("缺少必填字段");
});
