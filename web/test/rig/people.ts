// People in front of the console: each has a window of his own and acts through the screens alone.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { expect, inject, onTestFailed } from "vitest";

/** Where screenshots go; the test script names it in its output. */
export const shots = resolve(process.env.LIANBAN_SCREENSHOTS ?? "test/screenshots");

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

let browser: Browser | undefined;

async function open(): Promise<Browser> {
  const program = process.env.LIANBAN_CHROMIUM ?? places.find(existsSync);
  if (!program) throw new Error(`no Chromium in ${places.join(", ")}: install it, or name it in LIANBAN_CHROMIUM`);
  browser ??= await chromium.launch({
    executablePath: program,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--lang=zh-CN"],
  });
  return browser;
}

export async function closeBrowser(): Promise<void> {
  await browser?.close();
  browser = undefined;
}

/** What went wrong on a page without anybody seeing it: scripts that broke, policies that were violated. */
const faults: string[] = [];

export function noFaults(): void {
  expect(faults).toEqual([]);
}

let opened = 0;

/** A window for somebody; nobody is signed in. */
export async function windowFor(size = { width: 1366, height: 768 }): Promise<Page> {
  const context = await (await open()).newContext({ viewport: size, locale: "zh-CN", baseURL: inject("server"), acceptDownloads: true });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  // What everybody had before him when it went wrong.
  const nth = ++opened;
  onTestFailed(() => picture(page, `failed-${nth}`).catch(() => undefined));
  page.on("pageerror", (e) => faults.push(`${page.url()}: ${e.message}`));
  page.on("console", (m) => {
    // A refusal is an answer: the browser logs its status as an error, the screen shows its sentence.
    if (m.type() === "error" && !/the server responded with a status of (4\d\d|503)/.test(m.text())) faults.push(`${page.url()}: ${m.text()}`);
  });
  return page;
}

/** Signs a demo account in through the sign-in screen. */
export async function signIn(login: string): Promise<Page> {
  const page = await windowFor();
  await page.goto("/");
  await page.locator(`button[data-login="${login}"]`).first().click();
  await page.getByRole("banner").waitFor();
  return page;
}

/** A picture of the screen for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: resolve(shots, `${name}.png`) });
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface AxeResult {
  violations: { id: string; impact: string; help: string; nodes: { html: string; target: unknown[]; failureSummary?: string }[] }[];
}

/** No serious fault for those who do not see, or do not use a mouse. */
export async function accessible(page: Page, name: string): Promise<void> {
  await page.evaluate(axeSource);
  const result = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as AxeResult;
  const grave = result.violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .map((v) => `${name}: ${v.id} (${v.help}) ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`);
  expect(grave).toEqual([]);
}

/** Waits until nothing moves: what slides in is not yet where it will be. Wheels that turn for good do not count. */
export async function still(page: Page): Promise<void> {
  const moving = "document.getAnimations().filter((a) => a.playState === 'running' && a.effect.getComputedTiming().activeDuration !== Infinity).length";
  await expect.poll(() => page.evaluate(moving), { timeout: 20_000 }).toBe(0);
}

/** A screen as it should be: pictured and accessible. */
export async function look(page: Page, name: string): Promise<void> {
  await page.locator("h1, h2").first().waitFor();
  // Not with a text to be evaluated: the page's policy lets none be.
  await expect.poll(() => page.locator(".ant-skeleton-active, .ant-spin-spinning").count(), { timeout: 20_000 }).toBe(0);
  // A list that somebody has just picked from is on its way out.
  await expect.poll(() => page.locator(".ant-select-dropdown:visible").count(), { timeout: 20_000 }).toBe(0);
  await still(page); // a form that fades in is half as dark as it will be
  await picture(page, name);
  await accessible(page, name);
}
