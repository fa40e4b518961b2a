// Files somebody saved from the console, as a spreadsheet would read them.
import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import type { Page } from "playwright-core";
import { expect } from "vitest";

export interface Saved {
  name: string;
  content: Buffer;
}

/** Presses an export button and takes what the browser saved. */
export async function saves(page: Page, what: string, format: "CSV" | "XLSX"): Promise<Saved> {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: `导出${what}为 ${format}` }).click()]);
  return { name: file.suggestedFilename(), content: readFileSync(await file.path()) };
}

/** The rows of a CSV file without quoted line breaks. */
export function csvRows({ name, content }: Saved): string[][] {
  expect(name).toMatch(/\.csv$/);
  const text = content.toString("utf8");
  // Spreadsheets read it as UTF-8 by this mark alone.
  expect(text.charCodeAt(0)).toBe(0xfeff);
  return text.slice(1).trim().split(/\r?\n/).map((line) => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].slice(0, -1).map((m) => m[1]!.replace(/^"|"$/g, "").replace(/""/g, '"')));
}

/** What the sheets of an XLSX file say, markup and all. */
export function xlsxText({ name, content }: Saved): string {
  expect(name).toMatch(/\.xlsx$/);
  const end = content.lastIndexOf("PK\u0005\u0006", undefined, "latin1");
  let at = content.readUInt32LE(end + 16);
  let text = "";
  for (let left = content.readUInt16LE(end + 10); left > 0; left--) {
    const size = content.readUInt32LE(at + 20), named = content.readUInt16LE(at + 28), extra = content.readUInt16LE(at + 30), comment = content.readUInt16LE(at + 32);
    const path = content.toString("utf8", at + 46, at + 46 + named);
    const local = content.readUInt32LE(at + 42);
    const start = local + 30 + content.readUInt16LE(local + 26) + content.readUInt16LE(local + 28);
    const packed = content.subarray(start, start + size);
    if (path.startsWith("xl/")) text += (content.readUInt16LE(at + 10) === 0 ? packed : inflateRawSync(packed)).toString("utf8");
    at += 46 + named + extra + comment;
  }
  return text;
}
