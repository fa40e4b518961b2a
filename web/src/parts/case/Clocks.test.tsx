import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { ClockView } from "../../api/gen/types.gen";
import type { Language } from "../../app/language";
import { speak } from "../../texts";
import { Account } from "./Clocks";

afterEach(async () => {
  cleanup();
  await speak("zh-CN");
});

const view = {
  clock: { id: "statutory" },
  lines: [
    { kind: "counted", text: { zh: "计 5 个工作日，累计 45", en: "count 5, 45 so far" } },
    { kind: "extended", text: { zh: "经本级人民政府负责人批准延长 15 个工作日，理由：须跨区核查", en: "extended by 15 working days, approved by the head of government, because: 须跨区核查" }, law: { zh: "行政许可法第四十二条", en: "Administrative Licensing Law, article 42" } },
    { kind: "excluded", text: { zh: "不计入期限：“决定”因专家评审停止计时", en: "left out: 决定 stood still for expert review" } },
  ],
  ledger: [
    { at: "2026-03-02T01:05:00Z", what: "started", text: { zh: "开始计时（受理）", en: "started (acceptance)" } },
    { at: "2026-05-06T16:00:00Z", what: "extended", text: { zh: "延长 15 个工作日", en: "extended by 15 working days" } },
  ],
} as unknown as ClockView;

test.each<[Language, string, string[], string, string[]]>([
  ["zh-CN", "为什么是这一天", ["计 5 个工作日，累计 45", "经本级人民政府负责人批准延长 15 个工作日，理由：须跨区核查 行政许可法第四十二条", "不计入期限：“决定”因专家评审停止计时"],
    "计时经过", ["2026-03-02 09:05 开始计时（受理）", "2026-05-07 00:00 延长 15 个工作日"]],
  ["en", "Why this day", ["count 5, 45 so far", "extended by 15 working days, approved by the head of government, because: 须跨区核查 Administrative Licensing Law, article 42", "left out: 决定 stood still for expert review"],
    "What happened to it", ["2026-03-02 09:05 started (acceptance)", "2026-05-07 00:00 extended by 15 working days"]],
])("in %s: by whom, for what reason and on what ground a day is that day, and what happened to the clock", async (lang, why, lines, what, ledger) => {
  await speak(lang);
  const { container } = render(<Account view={view} />);
  expect([...container.querySelectorAll("strong")].map((h) => h.textContent)).toEqual([why, what]);
  expect([...container.querySelectorAll("ol > li")].map((l) => l.textContent)).toEqual(lines);
  expect([...container.querySelectorAll("ul > li")].map((l) => l.textContent)).toEqual(ledger);
});
