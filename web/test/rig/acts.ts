// What people do with tasks, through the screens.
import type { Locator, Page } from "playwright-core";
import { still } from "./people";

/** Opens a task of a case from the inbox, as one finds it there: by what it is, and the end of the case's number. */
export async function openTask(page: Page, number: string, name: string): Promise<void> {
  await page.getByRole("navigation").getByRole("link", { name: "待办" }).click();
  const row = page.getByRole("row").filter({ hasText: number.slice(-12) }).filter({ hasText: name });
  await row.getByRole("link").first().click();
  await page.getByRole("toolbar").waitFor();
}

/** Picks an entry of a menu as a hand does: once it is open, there first, then pressed. While it slides open an entry is not where it
 * will be, and a long menu may still scroll under who arrives. */
async function pick(entry: Locator): Promise<void> {
  await entry.waitFor();
  await still(entry.page());
  await entry.hover();
  await entry.click();
}

/** Does an act of the toolbar; fill fills its form in, where it has one. Waits for the console to say that it is done. */
export async function act(page: Page, name: string, fill?: (form: Locator) => Promise<void>): Promise<void> {
  const button = page.getByRole("toolbar").getByRole("button", { name, exact: true });
  if (await button.isVisible()) await button.click();
  else {
    await page.getByRole("toolbar").getByRole("button", { name: "更多操作" }).click();
    await pick(page.getByRole("menuitem", { name: new RegExp(`^${name}`) }));
  }
  if (fill) {
    const form = page.getByRole("dialog");
    await fill(form);
    await form.getByRole("button", { name, exact: true }).click();
  }
  await page.getByText(`已办理：${name}`).first().waitFor();
}

/** Opens a task and does one act on it. */
export async function work(page: Page, number: string, task: string, name: string, fill?: (form: Locator) => Promise<void>): Promise<void> {
  await openTask(page, number, task);
  await act(page, name, fill);
}

/** Picks an entry of a drop-down: as one does with the keyboard where the list can be searched (a part of its name, then Enter), by hand
 * where it cannot. Returns when the field shows what was picked: whoever goes on before sends a form without it. */
export async function choose(form: Locator | Page, label: string, text: string): Promise<void> {
  const field = form.getByRole("combobox", { name: label }).first();
  const page = field.page();
  const list = page.locator(".ant-select-dropdown:visible");
  if (await field.isEditable()) {
    await field.fill(text);
    await list.locator(".ant-select-item-option-active").filter({ hasText: text }).waitFor();
    await field.press("Enter");
  } else {
    await field.click();
    await pick(list.locator(".ant-select-item-option").filter({ hasText: text }).first());
  }
  await form.locator(".ant-select").filter({ has: page.getByRole("combobox", { name: label }) }).getByText(text).first().waitFor();
}

/** The business time that the frame shows, and half an hour later, as a date field writes it. */
export async function inHalfAnHour(page: Page): Promise<string> {
  const now = await page.getByRole("banner").getByText(/^\d{4}-\d\d-\d\d \d\d:\d\d$/).textContent();
  const then = new Date(`${now!.replace(" ", "T")}:00Z`);
  then.setUTCMinutes(then.getUTCMinutes() + 30);
  return then.toISOString().slice(0, 16).replace("T", " ");
}

/** Moves business time on, as one may in a trial. */
export async function moveTime(page: Page, by: string): Promise<void> {
  const before = await page.getByRole("banner").getByText(/^\d{4}-\d\d-\d\d \d\d:\d\d$/).textContent();
  await page.getByRole("banner").getByText(before!).click();
  // The minute turns by itself, too: it has moved when the server says so.
  const moved = page.waitForResponse((r) => new URL(r.url()).pathname === "/v1/clock/advance" && r.ok());
  await pick(page.getByRole("menuitem", { name: by }));
  await moved;
  await page.getByRole("banner").getByText(before!).waitFor({ state: "detached" });
}
