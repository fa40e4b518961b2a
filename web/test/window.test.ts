// The window and the applicant: from the item to the receipt by keyboard, the correction from a phone, acceptance.
import { afterAll, expect, test } from "vitest";
import { act, choose, openTask, work } from "./rig/acts";
import { accessible, closeBrowser, look, noFaults, picture, signIn, windowFor } from "./rig/people";
import { counter, file, seesOriginals } from "./window";

afterAll(closeBrowser);

/** What the window's first screen may weigh on the wire, in bytes: clerks open it over a hall's old network. */
const most = 500_000;

test("the first screen of the window is light", async () => {
  const page = await windowFor();
  const answers: Promise<[string, number]>[] = [];
  page.on("requestfinished", (r) => answers.push(r.sizes().then((s): [string, number] => [new URL(r.url()).pathname, s.responseBodySize])));
  await page.goto("/");
  await page.locator("button[data-login='lin.hall']").first().click();
  await page.getByRole("combobox", { name: /查找事项/ }).waitFor();
  await page.waitForLoadState("load");
  const parts = await Promise.all(answers);
  const sum = parts.reduce((n, [, size]) => n + size, 0);
  process.stdout.write(`first screen of the window: ${(sum / 1000).toFixed(0)} kB in ${parts.length} answers\n`);
  expect(parts.filter(([path]) => path.endsWith(".js")).length).toBeGreaterThan(3);
  expect(sum, parts.sort((a, b) => b[1] - a[1]).slice(0, 12).map(([path, size]) => `${size} ${path}`).join("\n")).toBeLessThanOrEqual(most);
});

test("a paper that may follow is signed for at the window", async () => {
  const clerk = await signIn("lin.hall");
  const { number } = await file(clerk, ["身份证明", "设备布局和操作流程", "管理员证明", "场所使用证明"], "某某容缺小吃店", {}, "制度清单");
  await clerk.goto(`/cases/${number}?tab=dossier`);
  await clerk.getByText("申请人签署容缺受理承诺书").waitFor();
  await look(clerk, "case-dossier-undertaking");
  await clerk.goto(`/cases/${number}?tab=letters`);
  await clerk.getByText("容缺受理承诺书").first().waitFor();
  noFaults();
});

test("an application is filed by keyboard, corrected from a phone, and accepted at the counter", async () => {
  const door = await windowFor();
  await door.goto("/");
  await door.locator("button[data-login='lin.hall']").first().waitFor();
  await look(door, "sign-in");
  const clerk = await signIn("lin.hall");
  await clerk.getByRole("combobox", { name: /查找事项/ }).waitFor();
  await look(clerk, "window");

  const { number, code, keys } = await file(clerk, ["身份证明", "设备布局和操作流程", "管理员证明", "制度清单"]);
  expect(keys.count).toBeLessThanOrEqual(12);
  await look(clerk, "window-receipt");

  // What is begun is kept: a reload finds the same answers.
  await clerk.goto("/window/restaurant");
  await clerk.waitForURL(/draft=/);
  await clerk.getByRole("radio", { name: "否" }).first().check();
  await clerk.getByText("草稿已保存").waitFor();
  await clerk.reload();
  expect(await clerk.getByRole("radio", { name: "否" }).first().isChecked()).toBe(true);
  await look(clerk, "window-filing");

  // A slip of the pen is put right at once, confirmed by the applicant: no notice, and no clock stands still.
  await openTask(clerk, number, "查看材料");
  await act(clerk, "当场更正", async (form) => {
    await choose(form, "哪一处", "从业人数");
    await form.getByLabel("改为").fill("8");
    await form.getByRole("button", { name: "当场更正", exact: true }).click();
    await form.getByText("请勾选“申请人已当场核对并确认”").waitFor();
    await look(clerk, "task-mend");
    await form.getByLabel("备注").fill("笔误");
    await form.getByRole("checkbox", { name: "申请人已当场核对并确认" }).check();
  });
  await clerk.goto(`/cases/${number}?tab=dossier`);
  await clerk.getByText("从业人数：6 → 8").waitFor();
  await look(clerk, "case-dossier-mended");

  for (const [login, does] of [["zhou.market", "无需补正"], ["luo.fire", "无需补正"], ["he.eco", "无需补正"]] as const) {
    await work(await signIn(login), number, "查看材料", does);
  }
  await counter(clerk, number);
  await look(clerk, "window-acceptance");
  await clerk.getByRole("button", { name: "一次告知补正" }).click();
  await choose(clerk, "材料或条件", "场所使用证明");
  await clerk.getByLabel("问题和要求").fill("未提交");
  await clerk.getByRole("button", { name: "提出补正" }).click();
  await clerk.getByRole("button", { name: "登记补正" }).waitFor();
  await look(clerk, "window-correction");

  // A wrong code is told kindly; the right one, scanned, leaves the address at once.
  const phone = await windowFor({ width: 375, height: 760 });
  await phone.goto(`/track?case=${number}#AAAA-BBBB-CCCC`);
  await phone.getByText("办件编号或查询码不对").waitFor();
  await look(phone, "track-enter");
  await phone.getByLabel("查询码").fill(code.toLowerCase());
  await phone.getByRole("button", { name: "查询" }).click();
  await phone.getByRole("heading", { name: "补正材料" }).waitFor();
  expect(phone.url()).not.toContain(code);
  await look(phone, "track-correction");
  expect(await phone.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(375);
  const missing = phone.getByRole("button", { name: /^选择文件或拍照：/ });
  for (let left = await missing.count(); left > 0; left--) {
    const chooser = phone.waitForEvent("filechooser");
    await missing.first().click();
    await (await chooser).setFiles({ name: `补${left}.pdf`, mimeType: "application/pdf", buffer: Buffer.from(`%PDF-1.4\n% ${number} ${left}\ntrailer<<>>\n%%EOF\n`) });
    await expect.poll(() => missing.count(), { timeout: 20_000 }).toBe(left - 1);
  }
  await phone.getByRole("button", { name: "提交补正" }).click();
  await phone.getByText("目前没有需要您办的事").waitFor();
  await picture(phone, "track-progress");
  await accessible(phone, "track-progress");

  await counter(clerk, number);
  await clerk.getByRole("button", { name: "受理", exact: true }).first().click();
  const accepting = clerk.locator(".outcome-form");
  await accepting.getByRole("button", { name: "受理", exact: true }).click();
  await accepting.getByText(/尚未说明/).first().waitFor(); // nobody accepts copies unseen
  await seesOriginals(accepting);
  await look(clerk, "window-originals");
  await accepting.getByRole("button", { name: "受理", exact: true }).click();
  await clerk.getByText("已受理").first().waitFor();

  const anybody = await windowFor({ width: 375, height: 760 });
  await anybody.goto("/letters/check");
  await anybody.getByLabel("办件编号").fill(number);
  await anybody.getByLabel("核验码").fill("NOT-A-CODE");
  await anybody.getByRole("button", { name: "核验" }).click();
  await anybody.getByText("没有查到这份文书").waitFor();
  await look(anybody, "letters-check");
  noFaults();
});
