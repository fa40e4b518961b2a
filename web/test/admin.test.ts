// The administrator's work: who there is and what they do, which days are off, how letters read.
import { afterAll, expect, test } from "vitest";
import { addsOrganisation, addsPerson, addsWindow, changesMeet, loadsNotice, mapsParty, namesDeputy, setsFigures, wordsLetter } from "./admin";
import { closeBrowser, look, noFaults, signIn } from "./rig/people";
import { counter, file } from "./window";

afterAll(closeBrowser);

const later = (day: string, by: number) => new Date(Date.parse(day) + by * 86_400_000).toISOString().slice(0, 10);

test("an administrator sets a hall up, and what he changes is what others meet", async () => {
  const clerk = await signIn("lin.hall");
  const today = (await clerk.getByRole("banner").getByText(/^\d{4}-\d\d-\d\d \d\d:\d\d$/).textContent())!.slice(0, 10);
  await file(clerk, ["身份证明"], "管理餐饮店");

  const admin = await signIn("qin.data");
  await addsOrganisation(admin, "heritage-210304", "立山区文物保护中心", "立山区人民政府");
  await addsPerson(admin, "郝文物", "hao.heritage", "文物保护中心");
  await mapsParty(admin, "heritage", "文物保护中心", today);
  const hall = "立山区政务服务中心";
  await addsWindow(admin, { id: "hall-1", name: "综合窗口", hall, clerk: "林月" });
  await addsWindow(admin, { id: "hall-3", name: "便利店窗口", hall, item: "便利店", clerk: "江晓岚" });
  await look(admin, "admin-windows");
  await changesMeet(admin, await signIn("qin.data"));

  await setsFigures(await signIn("dong.supervision"), admin, hall);

  // What is open would be due later: seen before anybody says yes.
  await loadsNotice(admin, { region: "210304", name: "关于供热抢修期间调整工作日的通知", off: [later(today, 1), later(today, 5)] });
  await wordsLetter(admin, "接收回执", "收件凭证", `${today}.a`);
  await admin.goto("/admin/changes");
  await admin.getByText("文书样式").first().waitFor();
  await look(admin, "admin-changes");

  // The next letter is written anew.
  await clerk.goto("/window");
  const next = await file(clerk, ["身份证明"], "次日餐饮店");
  await counter(clerk, next.number);
  await clerk.getByRole("tab", { name: "文书和送达" }).click();
  await expect.poll(async () => {
    await clerk.reload();
    await clerk.getByRole("tab", { name: "文书和送达" }).click();
    return clerk.getByText("收件凭证").count();
  }, { timeout: 30_000 }).toBeGreaterThan(0);

  const handler = await signIn("zhou.market");
  await namesDeputy(handler, "吴启航", later(today, 1), later(today, 8));
  noFaults();
});
