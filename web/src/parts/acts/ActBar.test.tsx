import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { App } from "antd";
import { afterEach, beforeAll, expect, test } from "vitest";
import type { ActOption } from "../../api/gen/types.gen";
import { speak } from "../../texts";
import { ActBar } from "./ActBar";
import { nextOnDuty } from "./catalogue";

afterEach(cleanup);
beforeAll(async () => {
  window.matchMedia = (media: string) => ({ media, matches: false, addListener() {}, removeListener() {}, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList;
  globalThis.ResizeObserver ??= class { observe() {} unobserve() {} disconnect() {} };
  await speak("zh-CN");
});

const option = (act: string, zh: string, allowed = true): ActOption => ({ act, name: { zh, en: act }, allowed, fields: [] });

/** What stands out of the acts offered. */
function primary(options: ActOption[], next?: string): string[] {
  render(<QueryClientProvider client={new QueryClient()}><App><ActBar options={options} target={{ number: "N1", item: "i", version: "1" }} next={next} /></App></QueryClientProvider>);
  return screen.getAllByRole("button").filter((b) => b.className.includes("ant-btn-primary")).map((b) => b.textContent!);
}

test.each([
  ["a check of what was promised", nextOnDuty({ id: "d", kind: "declared", by: "fire", affects: "opinion", status: "open" }), ["认定履行"]],
  ["what the applicant owes", nextOnDuty({ id: "d", kind: "declared", by: "applicant", status: "open" }), ["认定履行"]],
  ["what is only to be done", nextOnDuty({ id: "d", kind: "rating", by: "hall", status: "open" }), ["登记履行"]],
  ["no duty", undefined, ["登记履行", "认定履行"]],
])("on the task of %s one act stands out", (_, next, expected) => {
  expect(primary([option("fulfil", "登记履行"), option("judge", "认定履行")], next)).toEqual(expected);
});

test("where the one expected may not be done, the other stands out", () => {
  expect(primary([option("fulfil", "登记履行"), option("judge", "认定履行", false)], "judge")).toEqual(["登记履行"]);
});
