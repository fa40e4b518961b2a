// The joint case through the lead's screens: steps for the stories of the browser tests.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { choose } from "./rig/acts";
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

/** Asks one more department for its opinion, and takes it out again. */
export async function addsAndDrops(page: Page, party: string, opinion: string): Promise<void> {
  await page.getByRole("toolbar", { name: "牵头部门的操作" }).getByRole("button", { name: "增加部门" }).click();
  const form = page.getByRole("dialog");
  await choose(form, "参与方", party);
  await form.getByLabel("名称").fill(opinion);
  await form.getByRole("spinbutton").first().fill("3");
  await form.getByLabel("理由").fill("毗邻排水干管");
  await look(page, "joint-add");
  await form.getByRole("button", { name: "增加部门" }).click();
  await page.getByText("已办理：增加部门").first().waitFor();
  await page.getByRole("region", { name: party }).getByText(opinion).first().waitFor();
  await look(page, "joint-added");
  await actsOnStep(page, opinion, "减少环节");
  await form.getByLabel("理由").fill("经核实不涉及");
  await form.getByRole("button", { name: "减少环节" }).click();
  await page.getByText("已办理：减少环节").first().waitFor();
}
