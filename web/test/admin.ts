// The administration through its screens: steps for the stories of the browser tests.
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { choose } from "./rig/acts";
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

/** Days off of a region are read from a file, what they move is seen before they are loaded, and open cases are told. */
export async function loadsNotice(page: Page, notice: { region: string; name: string; off: [string, string] }): Promise<void> {
  await page.goto("/admin/calendars");
  await look(page, "admin-calendars");
  await page.getByRole("button", { name: "载入放假安排" }).click();
  const text = `year: ${notice.off[0].slice(0, 4)}\nnotices:\n  - {name: ${notice.name}}\ndays:\n  - {off: ${notice.off.join("..")}, name: 抢修}\n`;
  await page.locator("input[type=file]").setInputFiles({ name: "notice.yaml", mimeType: "application/yaml", buffer: Buffer.from(text) });
  await page.getByRole("textbox", { name: "节日或事由" }).waitFor();
  await page.getByRole("radio", { name: "某一地区" }).check();
  await page.getByLabel("行政区划").fill(notice.region);
  await page.getByRole("button", { name: "预览影响" }).click();
  await page.getByText(/[1-9]\d* 个到期日会变动。尚未作任何修改/).waitFor();
  await page.getByRole("cell").filter({ hasText: /^\d{4}-\d\d-\d\d/ }).first().waitFor();
  await look(page, "admin-calendar");
  await page.getByRole("button", { name: "确认载入" }).click();
  await page.getByText(/已完成：/).first().waitFor();
}

/** An organisation plays a party in a region from a day on. */
export async function mapsParty(page: Page, party: string, org: string, from: string): Promise<void> {
  await page.goto("/admin/parties");
  await page.getByRole("button", { name: "指定单位" }).last().click();
  const form = page.getByRole("dialog");
  await form.getByLabel("角色代码").fill(party);
  await form.getByLabel("行政区划").fill("210304");
  await choose(form, "承担单位", org);
  await form.getByLabel("自何日起").fill(from);
  await form.getByLabel("自何日起").press("Tab");
  await form.getByRole("button", { name: "保存" }).click();
  await saved(page);
  await page.getByRole("row").filter({ hasText: party }).filter({ hasText: org }).waitFor();
}

/** An organisation is added below another. */
export async function addsOrganisation(page: Page, code: string, name: string, parent: string): Promise<void> {
  await page.goto("/admin/organisations");
  await page.getByRole("button", { name: "新增单位" }).click();
  await page.getByLabel("单位代码").fill(code);
  await page.getByLabel("名称", { exact: true }).fill(name);
  await page.getByLabel("行政区划").fill("210304");
  await choose(page.locator("form"), "上级单位", parent);
  await save(page);
  await saved(page);
  await page.getByText(name).first().waitFor();
  await look(page, "admin-organisation");
}

/** A window of the hall, for one item or for whatever no other takes, with one of its clerks. */
export async function addsWindow(page: Page, of: { id: string; name: string; hall: string; item?: string; clerk: string }): Promise<void> {
  await page.goto("/admin/windows?window=%2B");
  const form = page.locator("form");
  await form.getByLabel("窗口代码").fill(of.id);
  await choose(form, "政务大厅", of.hall);
  await form.getByLabel("窗口名称").fill(of.name);
  if (!of.item) await form.getByRole("radio", { name: "受理其余全部事项" }).check();
  for (const [list, entry] of [["事项", of.item], ["窗口人员", of.clerk]] as const) {
    if (!entry) continue;
    await choose(form, list, entry);
    // A list of several stays open until something else is touched.
    await page.getByRole("heading", { level: 1 }).click();
  }
  await save(page);
  await saved(page);
  await page.getByRole("row").filter({ hasText: of.name }).filter({ hasText: of.clerk }).waitFor();
}

/**
 * Somebody faster than the page: clicks in the same moment as the link is drawn. Where he goes he stays, though the address
 * he clicked on from was about to lead him on elsewhere.
 */
async function clickWhenDrawn(page: Page, link: string): Promise<void> {
  await page.evaluate((css) => {
    const drawn = new MutationObserver(() => {
      const to = document.querySelector<HTMLElement>(css);
      if (!to) return;
      drawn.disconnect();
      to.click();
    });
    drawn.observe(document.body, { childList: true, subtree: true });
  }, link);
}

/** Whoever publishes rules sets a figure and a level for a hall; the administrator sees what holds there, and who did it. */
export async function setsFigures(page: Page, admin: Page, hall: string): Promise<void> {
  await page.getByRole("navigation").getByRole("link", { name: "管理" }).waitFor();
  await clickWhenDrawn(page, 'a[href="/admin/figures"]');
  await page.getByRole("navigation").getByRole("link", { name: "管理" }).click();
  await page.getByText("没有调整").waitFor();
  await page.getByRole("button", { name: "增加调整" }).click();
  const form = page.getByRole("dialog");
  await form.getByRole("button", { name: /确\s*定/ }).click();
  await form.getByRole("alert").getByText("请指明").waitFor();
  await choose(form, "政务大厅", hall);
  await form.getByLabel("任务无人认领的小时数").fill("8");
  await look(page, "admin-setting");
  await form.getByRole("button", { name: /确\s*定/ }).click();
  await page.getByText("有未发布的修改").waitFor();
  const publish = async (version: string) => {
    await page.getByRole("button", { name: "发布调整" }).click();
    await page.getByLabel("新版本号").fill(version);
    await page.getByLabel("调整原因").fill("试点提速");
    await page.getByRole("dialog").getByRole("button", { name: /发\s*布/ }).click();
  };
  await publish("2026.pilot");
  await page.getByText("数字和点，如 2026.2").waitFor();
  await page.getByLabel("新版本号").fill("2027.1");
  await page.getByRole("dialog").getByRole("button", { name: /发\s*布/ }).click();
  await page.getByText("已发布版本 2027.1").waitFor();

  await admin.goto("/admin/rules");
  await admin.getByRole("table").first().waitFor();
  await look(admin, "admin-rules");
  await admin.goto("/admin/figures");
  await admin.getByText("规则版本 2027.1").waitFor();
  await admin.getByText(/董思远 于 .* 调整/).waitFor();
  expect(await admin.getByRole("button", { name: "增加调整" }).count()).toBe(0);
  const row = admin.getByRole("row").filter({ hasText: "任务无人认领的小时数" }).last();
  await row.getByText("规则默认值").waitFor();
  await choose(admin, "政务大厅", hall);
  await row.getByText(`第 1 条：${hall}`).waitFor();
  await look(admin, "admin-figures");
}

/** Somebody stands in for the one who is signed in. */
export async function namesDeputy(page: Page, deputy: string, from: string, until: string): Promise<void> {
  await page.goto("/deputies");
  const form = page.locator("form").first();
  await choose(form, "代理人", deputy);
  await form.getByLabel("起止日期").first().fill(from);
  await page.keyboard.press("Tab");
  await page.keyboard.type(until);
  await page.keyboard.press("Enter");
  await form.getByRole("button", { name: "保存" }).click();
  await saved(page);
  await page.getByRole("row").filter({ hasText: deputy }).filter({ hasText: until }).waitFor();
  await look(page, "deputies");
}

/** A letter gets another title from today on: what is wrong is told at its place, what is right is seen before it holds. */
export async function wordsLetter(page: Page, letter: string, title: string, version: string): Promise<void> {
  await page.goto("/admin/letters");
  await look(page, "admin-letters");
  await page.getByRole("link", { name: letter, exact: true }).click();
  const text = page.getByRole("textbox", { name: "文书文本" });
  const preview = page.frameLocator("iframe[title='预览']");
  await preview.getByText(letter).first().waitFor();
  const was = await text.innerText();
  // As one who writes it elsewhere and pastes it.
  const write = async (...changes: [from: string | RegExp, to: string][]) => {
    await text.click();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(changes.reduce((now, [from, to]) => now.replace(from, to), was));
  };
  const titled: [string, string] = [`title: ${letter}`, `title: ${title}`];
  await write(titled);
  await preview.getByText(title).first().waitFor();
  await write(titled, ["{organ}", "{organn}"]);
  await page.getByRole("region", { name: "检查结果" }).getByRole("button").first().waitFor();
  expect(await page.getByRole("button", { name: "发布", exact: true }).isDisabled()).toBe(true);
  await look(page, "admin-letter-fault");
  await write(titled, [/version: .*/, `version: "${version}"`]);
  await page.getByText("检查通过").waitFor();
  await page.getByText("草稿已保存").waitFor();
  await page.reload();
  await preview.getByText(title).first().waitFor();
  await look(page, "admin-letter");
  await page.getByRole("tab", { name: "可用字段" }).click();
  await look(page, "admin-letter-fields");
  await page.getByRole("button", { name: "发布", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "发布", exact: true }).click();
  await page.getByText(`已发布版本 ${version}`).waitFor();
  await page.getByRole("tab", { name: "版本记录" }).click();
  await page.getByRole("row").filter({ hasText: version }).getByText("现行").waitFor();
  await look(page, "admin-letter-editions");
}
