// The console in English: what it says itself is English on every screen; organisations go by
// the English name the directory keeps; names of people, items, papers and what people wrote stay as they are.
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { closeBrowser, look, noFaults, signIn, windowFor } from "./rig/people";
import { file } from "./window";

afterAll(closeBrowser);

/** What a screen says itself: navigation, headings of columns, tabs, names of fields and of acts. The applicant's form is the item's own. */
const own = "[role=navigation] a, th:not(.ant-descriptions-item-label), [role=tab], [role=toolbar] button, .ant-form-item-label label, .ant-segmented-item-label, dt, .ant-descriptions:not(.form-view) .ant-descriptions-item-label, .page-head button";

const left: string[] = [];

async function reads(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await look(page, `en${path.replace(/[?=#].*$/, "").replaceAll("/", "-").replace(/\d{6,}[^-]*/, "N")}`);
  const texts = (await page.locator(own).allInnerTexts()).filter((t) => /[\u3000-\u303f\u4e00-\u9fff\uff00-\uff5e]/.test(t) && t !== "中文");
  left.push(...new Set(texts.map((t) => `${path}: ${t}`)));
}

async function inEnglish(page: Page): Promise<Page> {
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("button", { name: "中文" }).waitFor();
  return page;
}

test("every screen speaks English at one click", async () => {
  const clerk = await signIn("lin.hall");
  const { number, code } = await file(clerk, ["身份证明"], "英文餐饮店");
  await inEnglish(clerk);
  for (const path of ["/window", "/inbox", "/cases", ...["timeline", "papers", "opinions", "letters", "flow", "notices", "results", "tasks", "talk", "form", "clocks", "events", "dossier"].map((t) => `/cases/${number}?tab=${t}`)]) await reads(clerk, path);
  await clerk.goto(`/cases/${number}?tab=tasks`);
  await clerk.getByText("Lishan District Service Hall").first().waitFor();

  const reviewer = await inEnglish(await signIn("zhou.market"));
  await reads(reviewer, "/inbox");
  await reviewer.getByRole("row").filter({ hasText: number.slice(-12) }).getByRole("link").first().click();
  await reviewer.getByRole("toolbar").waitFor();
  await reads(reviewer, new URL(reviewer.url()).pathname);

  const lead = await inEnglish(await signIn("qiao.market"));
  for (const path of ["/joint", `/joint/${number}`, "/cards", "/reports"]) await reads(lead, path);
  const supervisor = await inEnglish(await signIn("wei.supervision"));
  for (const path of ["/reports", "/reports/ageing", "/cards"]) await reads(supervisor, path);
  const head = await inEnglish(await signIn("cao.government"));
  for (const path of ["/extensions", "/deputies"]) await reads(head, path);
  const analyst = await inEnglish(await signIn("xie.supervision"));
  for (const path of ["/items", "/items/restaurant", "/items/restaurant/compare?from=2026.2&to=2026.3"]) await reads(analyst, path);
  const admin = await inEnglish(await signIn("qin.data"));
  for (const part of ["organisations", "people", "parties", "windows", "calendars", "rules", "figures", "letters", "letters/acceptance", "changes"]) await reads(admin, `/admin/${part}`);

  const anybody = await windowFor({ width: 375, height: 760 });
  await anybody.goto("/track");
  await inEnglish(anybody);
  for (const path of ["/track", "/letters/check", "/grants", "/guides/restaurant", `/track?case=${number}#${code}`]) await reads(anybody, path);
  expect(left).toEqual([]);
  noFaults();
});
