// What a window clerk does through the window's screens, by keyboard where a clerk would.
import { expect } from "vitest";
import type { Page } from "playwright-core";

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

/** From finding the item to the receipt, by keyboard alone. */
export async function file(page: Page, files: string[], name = "某某餐饮店", said: Record<string, string> = {}): Promise<Receipt> {
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
