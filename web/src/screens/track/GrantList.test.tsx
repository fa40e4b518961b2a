import { cleanup, render } from "@testing-library/react";
import { afterEach, beforeAll, expect, test } from "vitest";
import type { PublicGrant } from "../../api/gen/types.gen";
import { speak, words } from "../../texts";
import { GrantList } from "./GrantList";
import type { Wanted } from "./GrantList";

afterEach(cleanup);
beforeAll(async () => {
  await words("track");
  await speak("zh-CN");
});

const grant: PublicGrant = {
  item: "113", itemName: "开办餐饮店", matter: "食品经营许可", name: "食品经营许可证", number: "JY-1", org: "org-market", orgName: "市场监管局", holder: "张**", on: "2026-03-02",
};

/** What the list reads like. */
const reads = (grants: PublicGrant[], more = false, wanted: Wanted = {}) => render(<GrantList grants={grants} more={more} wanted={wanted} />).container;

test("a grant says what, to whom, by whom and how long", () => {
  const entries = reads([grant, { ...grant, number: "JY-2", until: "2031-03-01" }]).querySelectorAll("li");
  expect(entries).toHaveLength(2);
  expect([...entries[0]!.querySelectorAll("dd")].map((x) => x.textContent)).toEqual(["食品经营许可证", "JY-1", "张**", "市场监管局", "2026-03-02", "长期"]);
  expect(entries[0]!.querySelector("h2")!.textContent!.trim()).toBe("食品经营许可");
  expect(entries[1]!.textContent).toContain("2031-03-01");
});

test("one that was annulled says so instead of how long it holds", () => {
  const text = reads([{ ...grant, until: "2031-03-01", annulled: "2026-05-06" }]).textContent;
  expect(text).toContain("2026-05-06 已撤销");
  expect(text).not.toContain("2031-03-01");
});

test("an organ without a name is shown by its code", () => {
  const { orgName: _, ...bare } = grant;
  expect(reads([bare]).textContent).toContain("org-market");
});

test("nothing says why: none granted yet, none as asked for, or only further back", async () => {
  expect(reads([]).textContent).toContain("尚无公开的准予许可决定");
  cleanup();
  expect(reads([], false, { number: "JY-9" }).textContent).toContain("没有查到");
  cleanup();
  expect(reads([], true).textContent).toContain("查看更早");
  cleanup();
  await speak("en");
  expect(reads([]).textContent).toContain("No licence has been granted yet");
  await speak("zh-CN");
});
