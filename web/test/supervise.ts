// Figures and cards through their screens: steps for the stories of the browser tests.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { choose } from "./rig/acts";
import { look } from "./rig/people";
import { csvRows, saves, xlsxText } from "./rig/sheet";

/** From a figure of the period to the cases behind it. */
export async function drillsDown(page: Page, figure: string, number: string): Promise<void> {
  await page.goto("/reports");
  await page.getByRole("link", { name: new RegExp(`^\\s*${figure} `) }).first().waitFor();
  await look(page, "reports");
  await page.getByRole("link", { name: new RegExp(`^\\s*${figure} `) }).first().click();
  await page.getByRole("link", { name: number }).waitFor();
  await look(page, "report-lines");
}

/** Opens a card from the list by what it says. */
export async function opensCard(page: Page, says: string | RegExp): Promise<void> {
  await page.goto("/cards");
  await page.getByRole("link", { name: says }).first().click();
  await page.getByRole("region", { name: "处理经过" }).waitFor();
  await look(page, "card");
}

/** Does something with the open card: 说明, 认定, 撤销, 申诉, 维持, 申诉成立. */
export async function dealsWithCard(page: Page, deed: string, reason: string): Promise<void> {
  await page.getByRole("region", { name: "处理", exact: true }).getByRole("button", { name: new RegExp(`^${[...deed].join("\\s*")}$`) }).click();
  await page.getByRole("textbox").last().fill(reason);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "处理经过" }).getByText(reason).waitFor();
}

/** Raises a card by hand, and finds it open beside the list. */
export async function raisesCard(page: Page, org: string, number: string, reason: string): Promise<void> {
  await page.goto("/cards");
  await page.getByRole("button", { name: "人工发牌" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("规则").press("ArrowDown");
  await form.getByLabel("规则").press("Enter");
  await choose(form, "责任单位", org);
  await form.getByLabel(/办件编号/).fill(number);
  await form.getByLabel("事由和查实情况").fill(reason);
  await form.getByRole("button", { name: /发\s*牌/ }).click();
  await page.getByRole("region", { name: "处理经过" }).getByText(reason).waitFor();
}

/** The figures of a table as files: what stands on the screen stands in both. */
export async function carriesFigures(page: Page, org: string): Promise<void> {
  await page.goto("/reports");
  await page.getByRole("link", { name: new RegExp(`^${org} 收件 `) }).first().waitFor();
  const rows = csvRows(await saves(page, "对比", "CSV"));
  const row = rows.find((r) => r.includes(org))!;
  const shown = await page.getByRole("link", { name: new RegExp(`^${org} 收件 `) }).first().textContent();
  expect(row[rows[0]!.indexOf("收件")]).toBe(shown);
  const sheet = xlsxText(await saves(page, "对比", "XLSX"));
  for (const word of [org, "收件"]) expect(sheet).toContain(word);
}

/** From how long cases have been open to one of them; what is listed can be carried away, too. */
export async function readsAges(page: Page, org: string, number: string): Promise<void> {
  await page.goto("/reports");
  const card = page.locator(".ant-card").filter({ hasText: "在办时长" });
  await card.getByRole("img", { name: /^在办时长/ }).waitFor();
  await card.getByText("事项", { exact: true }).first().click();
  await card.getByRole("link", { name: /0–5 天/ }).first().waitFor();
  await card.getByText("单位", { exact: true }).first().click();
  await card.scrollIntoViewIfNeeded();
  await card.getByRole("link", { name: new RegExp(`^${org} 0–5 天 `) }).click();
  await page.getByRole("link", { name: number }).waitFor();
  await look(page, "ageing-lines");
  const rows = csvRows(await saves(page, "在办时长", "CSV"));
  expect(rows.some((r) => r.includes(number))).toBe(true);
  expect(xlsxText(await saves(page, "在办时长", "XLSX"))).toContain(number);
  await page.getByRole("link", { name: number }).click();
  await page.getByRole("tab", { name: "办理经过" }).waitFor();
}
