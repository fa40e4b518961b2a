// What is rare: the act came before its formalities, a letter stands in for a paper, a neighbour is told and heard, a
// hearing is held and its record signed.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, inject, test } from "vitest";
import { act, openTask, work } from "./rig/acts";
import { says } from "./rig/cli";
import { closeBrowser, look, noFaults, signIn } from "./rig/people";
import { pdf } from "./window";

afterAll(closeBrowser);

const digging = `language: lianban/v1
item: {code: "11210300MB0X12345A4000117036000", name: 挖掘道路抢修, version: "1", effective: "2026-01-01", type: licence, level: county, mode: unified, lead: city,
  basis: [{law: 城市道路管理条例, article: "34"}], statutory: {time: 20wd, extend: {time: 10wd, role: organ-head}}, promised: 20wd}
parties: {hall: {name: 综合窗口, kind: hall}, city: {name: 城市管理部门, kind: department}, fire: {name: 消防救援机构, kind: department}}
guide: {remedy: 可以自收到决定书之日起六十日内申请行政复议，或者六个月内提起行政诉讼。}
situations: {emergency: {ask: 是否紧急抢修？, type: boolean}}
form: {type: object, required: [applicant, dugAt], properties: {applicant: {$ref: "dictionary#/applicant"}, dugAt: {type: string, format: date-time, title: 开挖时间}}}
materials: {route: {name: 管线走向图, from: [applicant], basis: 城市道路管理条例第三十三条, letter: {before: conclude, time: 6mo}}}
actFirst: {when: emergency, time: 24h, from: form.dugAt, basis: 城市道路管理条例第三十四条}
pauses: {heard: {kind: hearing, stops: [statutory, promised], max: 20wd, notice: 特殊程序期限告知书, basis: 行政许可法第四十五条}}
process:
  - {intake: receive, by: hall, answer: {time: 20wd, late: lapse}}
  - {review: view, name: 道路安全意见, by: fire, limit: 5wd, reads: [route]}
  - {hearing: listen, name: 挖掘听证, by: city, pause: heard}
  - {decide: conclude, name: 挖掘道路许可, by: city, limit: 3wd, reads: [route], gives: {permit: {kind: certificate, name: 挖掘道路许可证}}}
  - {issue: handOut, by: hall, ways: [counter]}
`;

/** A time so many days after the business time now, at nine. */
function inDays(days: number): string {
  const { now } = says<{ now: string }>("lin.hall", "clock", "show");
  return `${new Date(Date.parse(now) + days * 86_400_000).toISOString().slice(0, 10)}T09:00`;
}

test("what was done first is filed with its cause; a neighbour is heard, and a hearing's record signed", async () => {
  const text = join(inject("data"), "digging.yaml");
  writeFileSync(text, digging);
  says("ding.data", "definition", "publish", text);

  const clerk = await signIn("lin.hall");
  await clerk.goto("/window/11210300MB0X12345A4000117036000");
  await clerk.getByRole("radio", { name: "是" }).first().check();
  await clerk.locator("#root_applicant_name").fill("某某供水公司");
  const dug = clerk.locator("#root_dugAt");
  await dug.fill(inDays(-1).replace("T", " ") + ":00");
  await dug.press("Enter");
  await clerk.locator("#cause-reason").fill("主供水管爆裂");
  const proof = clerk.waitForEvent("filechooser");
  await clerk.getByRole("button", { name: "上传先行事由的证明" }).click();
  await (await proof).setFiles({ name: "抢修派工单.pdf", mimeType: "application/pdf", buffer: pdf(1) });
  await clerk.getByText("抢修派工单.pdf").waitFor();
  const route = clerk.locator(".filing-papers li").filter({ hasText: "管线走向图" });
  const letter = clerk.waitForEvent("filechooser");
  await route.getByRole("button").first().click();
  await (await letter).setFiles({ name: "走向图办理证明.pdf", mimeType: "application/pdf", buffer: pdf(2) });
  await route.getByRole("checkbox", { name: "以证明函暂代" }).check();
  const until = route.locator(".ant-picker input");
  await until.fill(inDays(60).slice(0, 10));
  await until.press("Enter");
  await look(clerk, "window-act-first");
  await clerk.locator("[data-step=submit]").click();
  const receipt = clerk.getByRole("article", { name: "收件凭证" });
  await receipt.waitFor();
  const number = (await receipt.locator(".receipt-code").first().textContent())!;
  says("lin.hall", "task", "accept", number);

  // The review finds a neighbour whom it touches: he is told, and heard before anything is said.
  const fire = await signIn("luo.fire");
  await openTask(fire, number, "道路安全意见");
  await act(fire, "告知利害关系人", async (form) => {
    await form.getByLabel("利害关系人").first().fill("沿街商户王某");
    await form.getByLabel("该事项如何直接关系其重大利益").fill("开挖期间门前不能通行");
    await look(fire, "task-inform");
  });
  await clerk.goto(`/cases/${number}`);
  await act(clerk, "登记利害关系人意见", async (form) => {
    await form.getByLabel("陈述、申辩的内容").fill("要求保留行人通道");
    await look(clerk, "case-hear");
  });
  await clerk.goto(`/cases/${number}?tab=dossier`);
  await clerk.getByText("要求保留行人通道").waitFor();
  await clerk.getByText("主供水管爆裂").waitFor();
  await look(clerk, "case-dossier-interested");
  says("luo.fire", "task", "agree", number, "--reason", "设置行人通道");

  // The hearing, and who has signed its record.
  const heard = inDays(15);
  says("lin.hall", "act", "request", number, "--reason", "利害关系人要求听证");
  says("xu.city", "act", "arrange", number, "--on", heard, "--place", "三楼会议室", "--chair", says<{ id: string }>("bai.city", "whoami").id);
  says("ding.data", "clock", "advance", "--to", heard);
  const chair = await signIn("bai.city");
  await work(chair, number, "挖掘听证", "登记结果", async (form) => {
    await form.getByLabel("笔录：各方陈述、申辩和质证").fill("双方陈述、质证");
    const file = chair.waitForEvent("filechooser");
    await form.getByText("选择文件").click();
    await (await file).setFiles({ name: "听证笔录.pdf", mimeType: "application/pdf", buffer: pdf(3) });
    await form.getByText("听证笔录.pdf").waitFor();
    const applicant = form.getByRole("group").filter({ hasText: "申请人" });
    await applicant.getByRole("radio").first().check();
    const neighbour = form.getByRole("group").filter({ hasText: "沿街商户王某" });
    await neighbour.getByRole("radio").last().check();
    await neighbour.getByRole("textbox").fill("中途退场");
    await look(chair, "task-hearing-record");
  });
  await chair.goto(`/cases/${number}?tab=opinions`);
  await chair.getByText("沿街商户王某：没有签字：中途退场").waitFor();
  await chair.getByRole("button", { name: "签字或者盖章的笔录" }).waitFor();
  await look(chair, "case-hearing");
  expect(says<{ steps: { id: string; status: string }[] }>("bai.city", "case", "show", number).steps.find((s) => s.id === "conclude")?.status).toBe("open");
  noFaults();
});
