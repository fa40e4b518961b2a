// A definition gets one department more: written, stopped by a check, mended, played, published by a second person;
// the next case has it, the one that runs has not.
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { choose } from "./rig/acts";
import { closeBrowser, look, noFaults, signIn, windowFor } from "./rig/people";
import { file, seesOriginals } from "./window";

afterAll(closeBrowser);

/** Puts the cursor on what the outline calls so. */
async function goTo(page: Page, entry: string | RegExp): Promise<void> {
  await page.getByRole("navigation", { name: "大纲" }).getByRole("button", { name: entry }).first().click();
  await page.locator(".cm-editor.cm-focused").waitFor();
}

/** Types as from a clipboard: what an editor adds to single keys stays out of the way. */
async function write(page: Page, ...lines: string[]): Promise<void> {
  await page.keyboard.insertText(lines.join("\n"));
  await page.keyboard.press("Escape");
}

/** A large house under flats: the case the new department is for. */
const large = { area: "260" };

test("a department is added to a definition, and the next case has it", async () => {
  const clerk = await signIn("lin.hall");
  const today = (await clerk.getByRole("banner").getByText(/^\d{4}-\d\d-\d\d \d\d:\d\d$/).textContent())!.slice(0, 10);
  const running = await file(clerk, ["身份证明"], "大堂酒楼", large);

  const admin = await signIn("qin.data");
  await admin.goto("/admin/parties");
  await look(admin, "admin-parties");
  await admin.getByRole("button", { name: "指定单位" }).click();
  const form = admin.getByRole("dialog");
  await form.getByLabel("角色代码").fill("housing");
  await form.getByLabel("行政区划").fill("210304");
  await choose(form, "承担单位", "住房和城乡建设局");
  await form.getByLabel("自何日起").fill("2026-01-01");
  await form.getByLabel("自何日起").press("Tab");
  await form.getByRole("button", { name: "保存" }).click();
  await admin.getByText("已保存").first().waitFor();

  const analyst = await signIn("xie.supervision");
  await look(analyst, "catalogue");
  await analyst.getByRole("row").filter({ hasText: "开办餐饮店" }).getByRole("button", { name: "修改" }).click();
  await analyst.getByRole("button", { name: "大纲" }).click();
  await goTo(analyst, /tobaccoRetail/);
  await analyst.keyboard.press("Home");
  await write(analyst, "- review: propertyUse", "        name: 物业使用意见", "        when: mixedUse and area >= 200", "        by: housing", "        limit: 2wd", "        reads: [lease]", "", "      ");
  const problems = analyst.getByRole("region", { name: "检查结果" });
  await problems.getByText("housing").first().waitFor();
  await look(analyst, "editor-error");
  await analyst.getByRole("button", { name: "请求发布" }).first().click();
  await analyst.getByText(/还有 \d+ 个错误/).waitFor();

  await goTo(analyst, /烟草专卖局/);
  await analyst.keyboard.press("End");
  await write(analyst, "", "  housing:  {name: 物业主管部门, kind: department}");
  await expect.poll(() => problems.getByText("housing").count(), { timeout: 20_000 }).toBe(0);
  await goTo(analyst, "事项");
  for (let i = 0; i < 3; i++) await analyst.keyboard.press("ArrowDown");
  await analyst.keyboard.press("End");
  await analyst.keyboard.press("ArrowLeft");
  await analyst.keyboard.press("Backspace");
  await write(analyst, "4");
  await analyst.getByRole("tab", { name: "流程" }).click();
  await analyst.getByText("物业使用意见").first().waitFor();
  await look(analyst, "editor-flow");
  await analyst.getByRole("button", { name: "检查并测试" }).click();
  await analyst.getByText(/个场景全部通过/).waitFor();
  await look(analyst, "editor-tests");
  await analyst.getByRole("tab", { name: "试运行" }).click();
  await look(analyst, "editor-play");

  // Played through: the new department is asked, and nothing real has happened.
  // The licence store tells of the licence; the register of property is down.
  await analyst.getByText("数据来源的答复（0）").click();
  for (const [source, said] of [["e-licence：是否已取得营业执照？", "查到"], ["data:property：场所使用证明", "查询失败"]] as const) {
    await choose(analyst.getByRole("tabpanel", { name: "试运行" }), source, said);
  }
  await analyst.locator("#play-e-licence-hasLicence").getByRole("radio", { name: "是" }).check();
  await analyst.getByText("数据来源的答复（2）").waitFor();
  await look(analyst, "editor-play-sources");
  for (const [question, yes] of [["gathering", false], ["mixedUse", true], ["fumes", false], ["sign", false], ["sewer", false], ["sellsTobacco", false]] as const) {
    await analyst.locator(`#play-${question}`).getByRole("radio", { name: yes ? "是" : "否" }).check();
  }
  await analyst.getByRole("checkbox", { name: "热食类" }).check();
  await analyst.locator("#play-area").fill("260");
  await analyst.getByRole("button", { name: "提出申请" }).click();
  const who = analyst.getByRole("region", { name: "谁有事要办" });
  const asked = who.getByRole("button", { name: "无需补正", exact: true });
  await asked.first().waitFor();
  for (let left = await asked.count(); left > 0; left--) {
    await asked.first().click();
    await expect.poll(() => asked.count(), { timeout: 20_000 }).toBe(left - 1);
  }
  // Nobody is at the window: its head may act, and the supervision sees it.
  await who.getByText("岗位空缺", { exact: true }).click();
  await who.getByRole("button", { name: /窗口.*设为空缺/ }).first().click();
  await analyst.getByText("监察（1）").waitFor();
  await analyst.getByText(/^T11 /).waitFor();
  await look(analyst, "editor-play-vacant");
  await who.getByRole("button", { name: "受理…", exact: true }).click();
  const accepting = analyst.getByRole("dialog");
  await seesOriginals(accepting);
  await accepting.getByRole("button", { name: "受理", exact: true }).click();
  await who.getByRole("button", { name: "物业使用意见" }).first().waitFor();
  await who.getByRole("button", { name: "附条件同意…", exact: true }).first().click();
  const said = analyst.getByRole("dialog");
  await said.getByRole("button", { name: "附条件同意", exact: true }).click();
  await said.getByText("请填写所附条件").waitFor();
  await look(analyst, "editor-play-act");
  await said.getByLabel("条件 1").fill("油烟管道不得占用公共烟道");
  await said.getByRole("button", { name: "附条件同意", exact: true }).click();
  await who.getByRole("button", { name: "物业使用意见" }).first().waitFor({ state: "detached" });
  await look(analyst, "editor-played");
  await analyst.getByRole("tab", { name: "对比" }).click();
  await analyst.getByText("物业使用意见").last().waitFor();
  await look(analyst, "editor-compare");

  // Whoever wrote it asks; somebody else reads it again and publishes.
  await analyst.getByRole("tab", { name: "发布" }).click();
  await analyst.getByLabel("修改说明").fill("面积较大且位于居民楼的，增加物业主管部门意见");
  await analyst.getByLabel("生效日期").fill(today);
  await analyst.getByLabel("生效日期").press("Tab");
  await expect.poll(() => analyst.locator(".ant-picker-dropdown:visible").count(), { timeout: 20_000 }).toBe(0);
  await look(analyst, "editor-publish");
  await analyst.getByRole("tabpanel", { name: "发布" }).getByRole("button", { name: "请求发布" }).click();
  await analyst.getByText(/须由编写人以外的人发布/).waitFor();

  const second = await signIn("dong.supervision");
  await look(second, "catalogue-drafts");
  await second.getByRole("row").filter({ hasText: "待发布" }).getByRole("link").click();
  await second.getByRole("button", { name: "发布", exact: true }).click();
  await second.getByText(/^已发布：/).waitFor();
  await look(second, "published");

  // The next case has the department in it; the one that was running has not.
  await clerk.goto("/window");
  const next = await file(clerk, ["身份证明"], "二楼酒家", large);
  const department = await signIn("yu.drainage");
  await department.getByRole("row").filter({ hasText: next.number.slice(-12) }).waitFor();
  expect(await department.getByRole("row").filter({ hasText: running.number.slice(-12) }).count()).toBe(0);
  await clerk.goto(`/cases/${next.number}?tab=flow`);
  await clerk.getByText("物业使用意见").first().waitFor();
  await look(clerk, "case-flow-next");
  await clerk.goto(`/cases/${running.number}?tab=flow`);
  await clerk.getByText("油烟选址意见").first().waitFor();
  expect(await clerk.getByText("物业使用意见").count()).toBe(0);

  // Which case runs on which version, and what the public reads of it.
  await analyst.goto("/items/restaurant");
  await look(analyst, "item");
  await analyst.getByRole("row").filter({ hasText: "现行" }).getByRole("button", { name: /^在办 / }).click();
  await analyst.getByRole("dialog").getByText(next.number).waitFor();
  expect(await analyst.getByRole("dialog").getByText(running.number).count()).toBe(0);
  await look(analyst, "item-cases");
  await analyst.goto("/items/restaurant");
  await analyst.getByRole("link", { name: "比较版本" }).click();
  await analyst.getByText("物业使用意见").first().waitFor();
  await look(analyst, "item-compare");
  const anybody = await windowFor({ width: 375, height: 760 });
  await anybody.goto("/guides/restaurant");
  await anybody.getByText("物业使用意见").first().waitFor();
  await anybody.getByRole("heading", { name: "办理中可能进行的程序" }).waitFor();
  await look(anybody, "guide");
  expect(await anybody.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(375);
  noFaults();
});
