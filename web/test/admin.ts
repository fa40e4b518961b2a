// The administration through its screens: steps for the stories of the browser tests.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { look } from "./rig/people";

const save = (page: Page) => page.getByRole("button", { name: /保\s*存/ }).click();
const saved = (page: Page) => page.getByText("已保存").first().waitFor();

/** Two administrators change one organisation: the second is told who was first, and loads what holds. */
export async function changesMeet(first: Page, second: Page): Promise<void> {
  for (const page of [first, second]) {
    await page.goto("/admin/organisations?org=fire-210304");
    await page.getByLabel("英文名称").waitFor();
  }
  await first.getByLabel("英文名称").fill("Fire and Rescue");
  await save(first);
  await saved(first);
  await second.getByLabel("英文名称").fill("Fire");
  await save(second);
  await second.getByRole("alert").getByText(/已于 .* 修改过/).waitFor();
  await look(second, "admin-conflict");
  await second.getByRole("button", { name: "载入最新内容" }).click();
  await second.waitForFunction(() => document.querySelector<HTMLInputElement>("#nameEn")?.value === "Fire and Rescue");
}

/** A person is added with a role and gets a password that is shown once. */
export async function addsPerson(page: Page, name: string, login: string, org: string): Promise<void> {
  await page.goto("/admin/people?person=%2B");
  await page.getByLabel("姓名", { exact: true }).fill(name);
  await page.getByLabel("账号", { exact: true }).fill(login);
  await page.getByRole("button", { name: "增加岗位" }).click();
  const roles = page.getByRole("group", { name: "岗位" });
  await roles.getByRole("combobox", { name: "单位" }).fill(org);
  await page.keyboard.press("Enter");
  await roles.getByRole("combobox", { name: "岗位" }).press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await save(page);
  await saved(page);
  await page.getByRole("button", { name: "重置密码" }).click();
  await page.getByRole("button", { name: /确\s*定/ }).click();
  await page.getByText("只显示这一次").waitFor();
  await look(page, "admin-person");
}

/** A notice is read from a file, its effect seen before it is loaded, and told to open cases. */
export async function loadsNotice(page: Page, file: string): Promise<void> {
  await page.goto("/admin/calendars");
  await page.getByRole("button", { name: "载入放假安排" }).click();
  await page.locator("input[type=file]").setInputFiles({ name: "notice.yaml", mimeType: "application/yaml", buffer: Buffer.from(file) });
  await page.getByRole("button", { name: "预览影响" }).click();
  await page.getByText(/尚未作任何修改/).waitFor();
  await look(page, "admin-calendar");
  await page.getByRole("button", { name: "确认载入" }).click();
  await page.getByText(/已完成：/).first().waitFor();
}

/** An administrator maps a party of a new item, which was shown as played by nobody. */
export async function mapsParty(page: Page, party: string, orgName: string, from: string): Promise<void> {
  await page.goto("/admin/parties");
  await page.getByRole("alert").getByRole("listitem").filter({ hasText: party }).first().getByRole("button", { name: "指定单位" }).click();
  const form = page.getByRole("dialog");
  await form.getByRole("combobox", { name: "承担单位" }).fill(orgName);
  await page.keyboard.press("Enter");
  await form.getByLabel("自何日起").fill(from);
  await page.keyboard.press("Enter");
  await save(page);
  await saved(page);
  expect(await page.getByRole("alert").getByText(party).count()).toBe(0);
}
