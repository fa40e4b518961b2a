// Whoever leads a joint case, and whoever looks over everybody's shoulder.
import type { Locator } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { addsAndDrops, opensJoint, previewsNotice } from "./lead";
import { choose, work } from "./rig/acts";
import { closeBrowser, look, noFaults, signIn, windowFor } from "./rig/people";
import { csvRows, saves } from "./rig/sheet";
import { carriesFigures, dealsWithCard, drillsDown, raisesCard, readsAges } from "./supervise";
import { accepts, counter, file, givesCodeAnew, handsInMissing } from "./window";

afterAll(closeBrowser);

const lacks = (paper: string) => async (form: Locator) => {
  await choose(form, "材料或条件", paper);
  await form.getByLabel("问题和要求").first().fill("未提交");
};

const market = "立山区市场监督管理局";
const applicant = "监察餐饮店";

test("a joint case is led, watched, and counted", async () => {
  const clerk = await signIn("lin.hall");
  const { number, code } = await file(clerk, ["身份证明", "管理员证明", "制度清单"], applicant);

  // The receipt is lost: a new code opens the case, the old one nothing.
  const anew = await givesCodeAnew(clerk, number, applicant, "210304199001011234");
  const phone = await windowFor({ width: 375, height: 760 });
  await phone.goto(`/track?case=${number}#${code}`);
  await phone.getByText("办件编号或查询码不对").waitFor();
  await phone.getByLabel("查询码").fill(anew);
  await phone.getByRole("button", { name: "查询" }).click();
  await phone.getByRole("heading", { name: "办理进度" }).waitFor();

  // The lead reads the notice while departments still look.
  await work(await signIn("zhou.market"), number, "查看材料", "提出补正", lacks("设备布局和操作流程"));
  const lead = await signIn("qiao.market");
  await opensJoint(lead, applicant);
  await look(lead, "joint-gathering");
  await previewsNotice(lead, "设备布局和操作流程");
  for (const login of ["he.eco", "luo.fire"]) await work(await signIn(login), number, "查看材料", "无需补正");
  await work(clerk, number, "查看材料", "无需补正");
  await counter(clerk, number);
  await handsInMissing(clerk);
  await clerk.getByRole("button", { name: "登记补正" }).click();
  await accepts(clerk);

  await lead.goto("/joint");
  await lead.getByRole("link", { name: applicant }).first().waitFor();
  await look(lead, "joint");
  await opensJoint(lead, applicant);
  await addsAndDrops(lead, "城镇排水主管部门", "排水意见");

  const head = await signIn("cao.government");
  await head.goto("/extensions");
  await head.getByRole("row").filter({ hasText: number }).getByRole("button", { name: "延长期限" }).click();
  const extension = head.getByRole("dialog");
  await extension.getByLabel("理由").fill("须跨区核查");
  await extension.getByRole("button", { name: "延长期限" }).click();
  await head.getByText("已办理：延长期限").waitFor();

  // Figures lead to cases, and into spreadsheets.
  const supervisor = await signIn("wei.supervision");
  await drillsDown(supervisor, "收件", number);
  expect(csvRows(await saves(supervisor, "收件", "CSV")).some((r) => r.includes(number))).toBe(true);
  await carriesFigures(supervisor, market);
  await readsAges(supervisor, market, number);
  await supervisor.goto(`/cases?q=${number}`);
  await supervisor.getByRole("link", { name: applicant }).waitFor();
  await look(supervisor, "cases");
  expect(csvRows(await saves(supervisor, "办件", "CSV")).filter((r) => r.includes(number))).toHaveLength(1);

  // A card is explained and lifted; another is confirmed, and appealed against.
  const responsible = await signIn("sun.market");
  for (const [reason, then] of [["群众投诉现场核查态度", "lifted"], ["未一次告知，申请人多跑一趟", "appealed"]] as const) {
    await raisesCard(supervisor, market, number, reason);
    await responsible.goto(new URL(supervisor.url()).pathname + new URL(supervisor.url()).search);
    await dealsWithCard(responsible, "说明", `关于“${reason}”的说明`);
    await supervisor.reload();
    if (then === "lifted") await dealsWithCard(supervisor, "撤销", "说明属实");
    else {
      await dealsWithCard(supervisor, "认定", "说明不成立");
      await responsible.reload();
      await dealsWithCard(responsible, "申诉", "已在首次告知中写明");
      await look(responsible, "card-appealed");
    }
  }
  noFaults();
});
