// The joint case through the lead's screens: steps for the stories of the browser tests.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { look } from "./rig/people";

/** Opens a joint case from the list. */
export async function opensJoint(page: Page, applicant: string): Promise<void> {
  await page.goto("/joint");
  await page.getByRole("link", { name: applicant }).first().click();
  await page.getByRole("toolbar", { name: "牵头部门的操作" }).waitFor();
}

/** The notice as it would go out now. */
export async function previewsNotice(page: Page, says: string): Promise<void> {
  await page.getByRole("button", { name: "预览告知书" }).click();
  const letter = page.frameLocator("iframe[title*='预览']");
  await letter.getByText(says).first().waitFor();
  await look(page, "joint-notice");
  await page.keyboard.press("Escape");
}

/** A department's lane says what it is waited for, or has said. */
export async function laneSays(page: Page, department: string, words: string | RegExp): Promise<void> {
  await page.getByRole("region", { name: department }).getByText(words).first().waitFor();
}

/** An act on one step of a lane, to where its form stands or it is refused with its reason. */
export async function actsOnStep(page: Page, step: string, act: string): Promise<void> {
  await page.getByRole("button", { name: `对“${step}”的操作` }).click();
  const entry = page.getByRole("menuitem", { name: new RegExp("^" + act) });
  expect(await entry.getAttribute("aria-disabled")).not.toBe("true");
  await entry.click();
}
