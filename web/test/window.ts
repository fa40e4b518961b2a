// What a window clerk does through the window's screens, by keyboard where a clerk would.
import { expect } from "vitest";
import type { Locator, Page } from "playwright-core";
import { look } from "./rig/people";

/** A PDF of one page that says what it is, and differs from every other. */
export function pdf(mark: string | number): Buffer {
  const text = `BT /F1 24 Tf 60 760 Td (Paper ${typeof mark === "number" ? mark : ""}) Tj ET`;
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
    `<</Length ${text.length}>>\nstream\n${text}\nendstream`,
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
  ];
  let out = "%PDF-1.4\n";
  const at = objects.map((o, i) => {
    const start = out.length;
    out += `${i + 1} 0 obj\n${o}\nendobj\n`;
    return start;
  });
  const xref = out.length;
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${at.map((n) => `${String(n).padStart(10, "0")} 00000 n \n`).join("")}`;
  return Buffer.from(`${out}trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${xref}\n%%EOF\n% ${process.hrtime.bigint()}\n`, "latin1");
}

/** Keys other than answers, values and file choices, counted. */
export interface Keys {
  count: number;
}

export interface Receipt {
  number: string;
  code: string;
  keys: Keys;
}

/** Waits until the focus is where the next key is meant to go. */
const focus = (page: Page, on: string) => page.locator(`${on}:focus`).waitFor();

/** The answers of 开办餐饮店, in the order they are asked: digits choose, a text is typed and Enter goes on. */
export const answers: [question: string, key: string][] = [
  ["hasLicence", "2"], ["kinds", "1"], ["area", "120"], ["gathering", "1"], ["fireMode", "2"], ["mixedUse", "1"], ["fumes", "1"], ["sign", "2"], ["sewer", "2"], ["sellsTobacco", "2"],
];

/** Puts a paper off: unsigned the application is not sent, so the applicant signs for it. */
async function signsFor(page: Page, paper: string): Promise<void> {
  await page.locator(".filing-papers li").filter({ hasText: paper }).getByRole("checkbox").check();
  await page.locator("[data-step=submit]").click();
  await page.getByRole("alert").getByText("“容缺受理承诺书”须由申请人签字并上传").waitFor();
  await look(page, "window-undertaking");
  const chooser = page.waitForEvent("filechooser");
  await page.locator(".filing-papers li").filter({ hasText: "容缺受理承诺书" }).getByRole("button").click();
  await (await chooser).setFiles({ name: "容缺受理承诺书.pdf", mimeType: "application/pdf", buffer: pdf(paper) });
}

/** From finding the item to the receipt, by keyboard alone; what follows later is signed for. */
export async function file(page: Page, files: string[], name = "某某餐饮店", said: Record<string, string> = {}, later?: string): Promise<Receipt> {
  const keys: Keys = { count: 0 };
  const enter = async () => {
    keys.count++;
    await page.keyboard.press("Enter");
  };
  // Listened for from the start: a key is faster than the browser is told to hand its dialog over.
  const chooser = page.waitForEvent("filechooser", { timeout: 60_000 });
  await focus(page, "#find-item");
  await page.keyboard.type("餐饮");
  await page.getByRole("option", { name: /餐饮店/, selected: true }).waitFor();
  await enter();
  await focus(page, "#applicant-number");
  await enter(); // without a number
  for (const [question, key] of answers) {
    await focus(page, `[data-question=${question}] input`);
    await page.keyboard.type(said[question] ?? key);
    if (question === "kinds" || question === "area") await enter();
  }
  for (const [id, value] of [["root_applicant_name", name], ["root_premises", "某路1号"], ["root_staff", "6"]] as const) {
    await focus(page, `#${id}`);
    await page.keyboard.type(value);
    await enter();
  }
  await focus(page, "[data-step=files]");
  await enter();
  await (await chooser).setFiles(files.map((f) => ({ name: `${f}.pdf`, mimeType: "application/pdf", buffer: pdf(f) })));
  await focus(page, "[data-step=submit]");
  if (later) {
    await signsFor(page, later);
    await focus(page, "[data-step=submit]");
  }
  await enter();
  const receipt = page.getByRole("article", { name: "收件凭证" });
  await receipt.waitFor();
  const codes = await receipt.locator(".receipt-code").allTextContents();
  expect(codes).toHaveLength(2);
  return { number: codes[0]!, code: codes[1]!, keys };
}

/** Opens the page of a case at the counter. */
export async function counter(page: Page, number: string): Promise<void> {
  await page.goto(`/window/cases/${number}`);
  await page.getByText(`办件编号 ${number}`).waitFor();
}

/** Hands in at the counter whatever a notice still misses. */
export async function handsInMissing(page: Page): Promise<void> {
  const missing = page.getByRole("button", { name: /^上传“/ });
  await missing.first().waitFor();
  for (let left = await missing.count(); left > 0; left--) {
    const chooser = page.waitForEvent("filechooser");
    await missing.first().click();
    await (await chooser).setFiles({ name: `材料${left}.pdf`, mimeType: "application/pdf", buffer: pdf(left) });
    await expect.poll(() => missing.count(), { timeout: 20_000 }).toBe(left - 1);
  }
}

/** Has the originals of all copies before him and ticks each: they are asked for by name. */
export async function seesOriginals(form: Locator): Promise<void> {
  const copies = form.getByRole("group", { name: "已核对原件的复印件" }).getByRole("checkbox");
  await copies.first().waitFor();
  for (const copy of await copies.all()) await copy.check();
}

/** Accepts a case that has everything. */
export async function accepts(page: Page): Promise<void> {
  await page.getByRole("button", { name: "受理", exact: true }).first().click();
  await seesOriginals(page.locator(".outcome-form"));
  await page.locator(".outcome-form").getByRole("button", { name: "受理", exact: true }).click();
  await page.getByText("已受理").first().waitFor();
}

/** A lost code is given anew: to whoever shows the right document, to nobody else. */
export async function givesCodeAnew(page: Page, number: string, name: string, document: string): Promise<string> {
  await counter(page, number);
  await page.getByRole("button", { name: "补发查询码" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("证件上的姓名").fill("别家酒楼");
  await form.getByLabel("证件号码").fill(document);
  await form.getByRole("button", { name: "核对无误，补发" }).click();
  await form.getByRole("alert").getByText("证件上的姓名与办件所载不符").waitFor();
  await form.getByLabel("证件上的姓名").fill(name);
  await look(page, "window-new-code");
  await form.getByRole("button", { name: "核对无误，补发" }).click();
  const slip = form.getByRole("article", { name: "查询码补发凭证" });
  await slip.waitFor();
  await look(page, "window-code-slip");
  const code = (await slip.locator(".receipt-code").textContent())!;
  await form.getByRole("button", { name: "已交给领取人" }).click();
  await page.getByRole("list", { name: "补发记录" }).getByText(name).waitFor();
  return code;
}
