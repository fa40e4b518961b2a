// The whole restaurant case, by people who each have a screen of their own.
import type { Locator, Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { laneSays, opensJoint } from "./lead";
import { act, choose, inHalfAnHour, moveTime, openTask, work } from "./rig/acts";
import { closeBrowser, look, noFaults, signIn, windowFor } from "./rig/people";
import { accepts, counter, file, handsInMissing } from "./window";

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

/** Chooses who went, of the colleagues offered. */
const inspectors = (...names: string[]) => async (form: Locator) => {
  for (const name of names) await choose(form, "核查人员", name);
  await form.page().keyboard.press("Escape");
};

test("开办餐饮店, from the window to the rating", async () => {
  const clerk = await as("lin.hall");
  const { number, code } = await file(clerk, ["身份证明", "管理员证明", "制度清单"], "好味餐饮店");

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
  await handsInMissing(clerk);
  await look(clerk, "window-answer");
  await clerk.getByRole("button", { name: "登记补正" }).click();
  await accepts(clerk);

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


  // One visit for all who have to see the place; two of each party go.
  await work(market, number, "联合踏勘", "安排时间", async (form) => {
    await form.getByLabel("时间").fill(await inHalfAnHour(market));
    await form.getByLabel("时间").press("Tab");
    await form.getByLabel("地点").fill("立山区某路1号");
  });
  // By somebody whose page stands still: that of who has just acted turns to the next task, and a menu opened over it moves.
  await moveTime(lead, "前移一小时");
  await openTask(market, number, "登记结果");
  await look(market, "task-visit");
  await act(market, "登记结果", inspectors("周明", "吴启航"));
  await work(fire, number, "登记结果", "登记结果", inspectors("罗刚", "冯远"));

  // The matters go through their departments' hands; nobody signs twice.
  await work(fire, number, "公众聚集场所", "送下一环节", async (form) => {
    await form.getByRole("radio", { name: "符合", exact: true }).check();
  });
  await work(await as("feng.fire"), number, "公众聚集场所", "送下一环节", async () => {});
  const head = await as("cao.government");
  await head.goto("/extensions");
  await look(head, "extensions");
  await head.getByRole("row").filter({ hasText: number }).getByRole("button", { name: "延长期限" }).click();
  const extension = head.getByRole("dialog");
  await extension.getByLabel("理由").fill("须跨区核查");
  await extension.getByRole("button", { name: "延长期限" }).click();
  await head.getByText("已办理：延长期限").waitFor();
  await work(await as("tang.fire"), number, "公众聚集场所", "准予", says({ "消防安全检查意见书 证照或文书编号": "立消检字〔2026〕第8号" }));
  await work(market, number, "食品经营许可", "送下一环节", async (form) => {
    await form.getByRole("button", { name: "全部符合" }).click();
  });
  await work(await as("wu.market"), number, "食品经营许可", "送下一环节", async () => {});
  const approver = await as("zheng.market");
  await work(approver, number, "食品经营许可", "准予", says({ "食品经营许可证 证照或文书编号": "JY22103040001234" }));

  // The lead concludes over an opinion it does not follow, and says why.
  await openTask(approver, number, "牵头部门结论");
  await look(approver, "task-conclude");
  await act(approver, "准予", async (form) => {
    await form.getByRole("button", { name: "准予", exact: true }).click();
    await form.getByText("“油烟选址意见”尚未说明").waitFor();
    await form.getByLabel("油烟选址意见 不采纳的理由").fill("专用烟道符合要求");
  });

  // One window hands everything out, and the applicant says what he thinks of it.
  await counter(clerk, number);
  await look(clerk, "window-hand-out");
  expect(await clerk.getByRole("button", { name: "发放结果" }).count()).toBe(1);
  await clerk.getByRole("button", { name: "发放结果" }).click();
  await clerk.getByText("已办理：发放结果").waitFor();
  await clerk.getByText("办件已办结。").waitFor();
  const phone = await windowFor({ width: 375, height: 760 });
  await phone.goto(`/track?case=${number}#${code}`);
  await phone.getByRole("radio", { name: "非常满意" }).check();
  await look(phone, "track-rate");
  await phone.getByRole("button", { name: "提交评价" }).click();
  await phone.getByText("谢谢您的评价").waitFor();

  await lead.goto(`/cases/${number}`);
  await look(lead, "case-closed");
  for (const [tab, name] of [["办理经过", "timeline"], ["材料", "papers"], ["各方意见", "opinions"], ["文书", "letters"], ["流程", "flow"], ["告知", "notices"], ["结果", "results"], ["任务", "tasks"], ["沟通", "talk"], ["表单", "form"]] as const) {
    await lead.getByRole("tab", { name: tab }).click();
    await look(lead, `case-${name}`);
  }

  // Anybody may look up what was granted; of a person he sees no whole name.
  await phone.goto("/grants");
  await phone.getByLabel("证照或文书编号").fill("JY22103040001234");
  await phone.getByRole("button", { name: "查询" }).click();
  const found = phone.getByRole("list", { name: "行政许可公开" }).getByRole("listitem");
  await expect.poll(() => found.count(), { timeout: 20_000 }).toBe(1);
  expect(await found.textContent()).toContain("食品经营许可证");
  await look(phone, "grants");
  await phone.goto(`/track?case=${number}#${code}`);

  // Afterwards a result turns out to be got by false papers: its holder is heard first, on his phone.
  await approver.goto(`/cases/${number}`);
  await act(approver, "提出撤销", async (form) => {
    await choose(form, "结果", "食品经营许可证");
    await choose(form, "事由", "以欺骗");
    await form.getByLabel("理由").fill("健康证明系伪造");
  });
  await phone.reload();
  const asked = phone.getByRole("region", { name: "拟撤销的结果" });
  await asked.getByText("健康证明系伪造").waitFor();
  await look(phone, "track-defend");
  await asked.getByLabel("您的陈述、申辩").fill("证明由体检机构出具");
  await asked.getByRole("button", { name: "提交陈述、申辩" }).click();
  await asked.waitFor({ state: "detached" });
  const question = phone.getByRole("region", { name: "结果的去留：食品经营许可证" });
  await question.getByText("正在考虑是否撤销").waitFor();
  await question.getByText("证明由体检机构出具").waitFor();
  await question.getByRole("button", { name: "补充陈述" }).click();
  await question.getByLabel("您的陈述、申辩").fill("并附体检报告");
  await question.getByRole("button", { name: "提交陈述、申辩" }).click();
  await question.getByText("并附体检报告").waitFor();
  await question.getByRole("button", { name: "补充陈述" }).waitFor();
  await look(phone, "track-question");
  await approver.getByRole("tab", { name: "义务与承诺" }).click();
  await approver.getByRole("tabpanel", { name: "义务与承诺" }).getByText("证明由体检机构出具").waitFor();
  await look(approver, "case-annulment");
  noFaults();
});
