// Figures and cards through their screens: steps for the stories of the browser tests.
import type { Page } from "playwright-core";
import { look } from "./rig/people";

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
