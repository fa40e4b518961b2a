// What was promised is looked at after the grant: something is to be put right, is given more time for, is, and is found so.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { afterAll, expect, inject, test } from "vitest";
import { act, choose, openTask } from "./rig/acts";
import { says } from "./rig/cli";
import { closeBrowser, look, noFaults, signIn, windowFor } from "./rig/people";
import { pdf } from "./window";

afterAll(closeBrowser);

/** A shop of packaged food whose fire safety is promised, granted and handed out: the case is closed, and what was promised yet to be looked at. */
function granted(): { number: string; trackCode: string } {
  const paper = (id: string) => {
    const path = join(inject("data"), `${id}.pdf`);
    writeFileSync(path, pdf(id));
    return `${id}=${path}`;
  };
  const answers = ["hasLicence=true", "kinds=packaged", "area=30", "gathering=true", "fireMode=commitment", "mixedUse=false", "fumes=false", "sign=false", "sewer=false", "sellsTobacco=false"];
  const filed = says<{ number: string; trackCode: string }>(
    "lin.hall", "case", "start", "餐饮店", ...answers.flatMap((a) => ["--answer", a]), "--form", "applicant.name=安心便利食品店", "--form", "premises=某路3号", "--form", "staff=2",
    ...["idCard", "licence", "lease", "fireForm"].flatMap((id) => ["--paper", paper(id)]), "--promise", paper("fire"),
  );
  for (const who of ["zhou.market", "luo.fire", "lin.hall"]) says(who, "task", "clear", filed.number);
  says("lin.hall", "task", "accept", filed.number, "--original", "lease");
  says("luo.fire", "task", "pass", filed.number, "--step", "fireCheck", "--check", "fireSafe=ok");
  says("feng.fire", "task", "pass", filed.number, "--step", "fireCheck");
  says("tang.fire", "task", "grant", filed.number, "--step", "fireCheck", "--output", "fireOpinion=立消检字〔2026〕第9号");
  says("zhou.market", "task", "pass", filed.number, "--step", "food", "--check", "layout=ok", "--check", "staffFit=ok");
  says("wu.market", "task", "pass", filed.number, "--step", "food");
  says("zheng.market", "task", "grant", filed.number, "--step", "food", "--output", "foodPermit=JY22103040009999");
  says("zheng.market", "task", "grant", filed.number, "--step", "conclude");
  says("lin.hall", "task", "hand", filed.number, "--way", "counter");
  return filed;
}

/** A day so many days after the business day that the frame shows. */
async function dayAfter(form: Locator, days: number): Promise<string> {
  const now = await form.page().getByRole("banner").getByText(/^\d{4}-\d\d-\d\d \d\d:\d\d$/).textContent();
  return new Date(Date.parse(`${now!.slice(0, 10)}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

test("what a check finds is ordered to be put right, reported by the applicant on his phone, and looked at again", async () => {
  const { number, trackCode } = granted();
  expect(says<{ case: { status: string } }>("lin.hall", "case", "show", number).case.status).toBe("closed");
  const inspector = await signIn("luo.fire");
  await openTask(inspector, number, "消防承诺现场核查");
  const acts = inspector.getByRole("toolbar").locator(".ant-btn-primary");
  expect(await acts.allTextContents()).toEqual(["认定履行"]);
  await look(inspector, "task-duty");
  let last = "";
  await act(inspector, "认定履行", async (form) => {
    await choose(form, "认定", "责令");
    await form.getByLabel("理由").fill("疏散通道堆放货物，与承诺不符");
    await form.getByRole("button", { name: "增加整改事项" }).click();
    await form.getByLabel("需要整改的内容").fill("清空疏散通道");
    last = await dayAfter(form, 10);
    await form.getByLabel("整改的最后期限").fill(last);
    await form.getByLabel("整改的最后期限").press("Enter");
    await look(inspector, "task-fix");
  });

  // It is on the applicant's page, with what was found, until when, and what becomes of it.
  const phone = await windowFor({ width: 375, height: 760 });
  await phone.goto(`/track?case=${number}#${trackCode}`);
  const asked = phone.getByRole("region", { name: "整改完成后告知我们" });
  await asked.getByText("清空疏散通道").waitFor();
  await asked.getByText("疏散通道堆放货物，与承诺不符").waitFor();
  await asked.getByText(last).waitFor();
  await look(phone, "track-fix");

  // He cannot do it by then and says why; a request without a reason is not sent.
  await asked.getByRole("button", { name: "不能按期完成？申请延期" }).click();
  expect(await asked.getByRole("button", { name: "申请延期", exact: true }).isDisabled()).toBe(true);
  await asked.getByLabel("为什么不能按期完成").fill("货架须重新定制");
  await look(phone, "track-asks-time");
  await asked.getByRole("button", { name: "申请延期", exact: true }).click();
  const delays = phone.getByRole("region", { name: "我的延期申请" });
  await delays.getByText("货架须重新定制").waitFor();
  await look(phone, "track-asked-time");

  // The case is closed; whoever has ordered it has the request before him and may still give more time, once. The case
  // tells why the day is another one.
  await openTask(inspector, number, "延期");
  await inspector.getByText("义务“消防承诺现场核查”的整改期限").first().waitFor();
  await inspector.getByText("货架须重新定制").first().waitFor();
  for (const name of ["延长期限", "不予延期"]) await inspector.getByRole("toolbar").getByRole("button", { name, exact: true }).waitFor();
  await look(inspector, "task-more-time");
  await act(inspector, "延长期限", async (form) => {
    await form.getByText("消防承诺现场核查").first().waitFor();
    await form.getByLabel("理由").fill("货架须重新定制");
    await look(inspector, "case-more-time");
  });
  await inspector.goto(`/cases/${number}`);
  const clock = inspector.getByRole("button", { name: /“消防承诺现场核查”的整改期限/ });
  await clock.click();
  await inspector.getByText("为什么是这一天").waitFor();
  await inspector.getByRole("listitem").filter({ hasText: /^原到期日.+批准延长 10 个工作日，理由：货架须重新定制/ }).waitFor();
  await look(inspector, "case-clock-why");
  await phone.reload();
  await asked.getByText("清空疏散通道").waitFor();
  expect(await asked.getByText(last).count()).toBe(0);
  await delays.getByText(/已延期至/).waitFor();
  await look(phone, "track-more-time");
  await asked.getByLabel("整改情况").fill("当日已清空，并安排专人每日检查");
  const chooser = phone.waitForEvent("filechooser");
  await asked.getByRole("button", { name: /^选择文件或拍照/ }).click();
  await (await chooser).setFiles({ name: "整改照片.pdf", mimeType: "application/pdf", buffer: pdf("put right") });
  await asked.getByText("整改照片.pdf").waitFor();
  await look(phone, "track-fixed");
  await asked.getByRole("button", { name: "已整改完成，申请复查" }).click();
  await asked.waitFor({ state: "detached" });
  await look(phone, "track-recheck");

  // The inspector has it before him again, with what the applicant says and shows, and finds it put right.
  await openTask(inspector, number, "消防承诺现场核查");
  await inspector.getByText("当日已清空，并安排专人每日检查").first().waitFor();
  await inspector.getByText("整改照片.pdf").first().waitFor();
  await inspector.getByText("义务“消防承诺现场核查”的复查期限").waitFor();
  await look(inspector, "task-recheck");
  await act(inspector, "认定履行", async (form) => {
    await choose(form, "认定", "已履行");
  });
  await inspector.goto(`/cases/${number}?tab=dossier`);
  const duty = inspector.getByRole("row", { name: /^义务 消防承诺现场核查/ });
  await inspector.getByRole("row", { name: /^延期申请 义务“消防承诺现场核查”的整改期限 — 货架须重新定制/ }).waitFor();
  await duty.getByText("清空疏散通道").waitFor();
  await duty.getByText("申请人报告已整改").waitFor();
  await expect.poll(() => duty.textContent()).toContain("已履行");
  await look(inspector, "case-dossier-fixed");
  noFaults();
});
