// The whole restaurant case, by people who each have a screen of their own.
import type { Locator, Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { laneSays, opensJoint } from "./lead";
import { act, choose, openTask, work } from "./rig/acts";
import { closeBrowser, look, noFaults, signIn } from "./rig/people";
import { counter, file, pdf } from "./window";

afterAll(closeBrowser);

const people = new Map<string, Page>();

/** Somebody's own window; signs in the first time. */
async function as(login: string): Promise<Page> {
  const page = people.get(login) ?? (await signIn(login));
  people.set(login, page);
  return page;
}

const lacks = (paper: string) => async (form: Locator) => {
  await choose(form, "材料或条件", paper);
  await form.getByLabel("问题和要求").first().fill("未提交");
};

const says = (fields: Record<string, string>) => async (form: Locator) => {
  for (const [label, text] of Object.entries(fields)) await form.getByLabel(label).first().fill(text);
};

test("开办餐饮店: one notice for all gaps, departments side by side, an objection", async () => {
  const clerk = await as("lin.hall");
  const { number } = await file(clerk, ["身份证明", "管理员证明", "制度清单"], "好味餐饮店");

  // Everybody looks at the papers; several find gaps, and they end up in one notice.
  const market = await as("zhou.market");
  await look(market, "inbox");
  await openTask(market, number, "查看材料");
  await look(market, "task-look");
  await act(market, "提出补正", lacks("设备布局和操作流程"));
  const eco = await as("he.eco");
  await work(eco, number, "查看材料", "提出补正", lacks("专用烟道证明"));
  const fire = await as("luo.fire");
  await work(fire, number, "查看材料", "无需补正");
  await work(clerk, number, "查看材料", "提出补正", lacks("场所使用证明"));
  await clerk.goto(`/cases/${number}?tab=notices`);
  await clerk.getByRole("cell", { name: "设备布局和操作流程" }).waitFor();
  await look(clerk, "case-notice");
  // One notice, and in it a line for each gap; what did not come at all is in it, too.
  expect(await clerk.getByRole("heading", { level: 3 }).count()).toBe(1);

  // The applicant brings the papers to the window, and the case is accepted.
  await counter(clerk, number);
  const missing = clerk.getByRole("button", { name: /^上传“/ });
  await missing.first().waitFor();
  for (let left = await missing.count(); left > 0; left--) {
    const chooser = clerk.waitForEvent("filechooser");
    await missing.first().click();
    await (await chooser).setFiles({ name: `材料${left}.pdf`, mimeType: "application/pdf", buffer: pdf(left) });
    await expect.poll(() => missing.count(), { timeout: 20_000 }).toBe(left - 1);
  }
  await look(clerk, "window-answer");
  await clerk.getByRole("button", { name: "登记补正" }).click();
  await clerk.getByRole("button", { name: "受理", exact: true }).first().click();
  await clerk.locator(".outcome-form").getByRole("button", { name: "受理", exact: true }).click();
  await clerk.getByText("已受理").first().waitFor();

  // The departments review side by side; one disagrees, and the lead decides that the others go on.
  await work(market, number, "营业执照", "准予", says({ "营业执照 证照或文书编号": "92210304MADEMO0001" }));
  await openTask(eco, number, "油烟选址意见");
  await look(eco, "task-review");
  await act(eco, "不同意", async (form) => {
    await form.getByRole("radio", { name: "不符合", exact: true }).check();
    await says({ 理由: "烟道与住宅共用", 法律依据: "大气污染防治法第八十一条" })(form);
  });
  const lead = await as("qiao.market");
  await work(lead, number, "反对意见", "继续并联", says({ 理由: "已有专用烟道证明，由牵头部门综合判断" }));
  await opensJoint(lead, "好味餐饮店");
  await laneSays(lead, "生态环境", /不同意/);
  await look(lead, "joint-case");

  noFaults();
});
