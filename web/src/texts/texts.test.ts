// Both languages say the same things, every word that is asked for is there, and none stands in the code.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const here = import.meta.dirname;
const src = join(here, "..");

type Words = { [key: string]: string | Words };

const read = (lang: string, file: string) => JSON.parse(readFileSync(join(here, lang, file), "utf8")) as Words;

function keys(words: Words, prefix = ""): string[] {
  return Object.entries(words).flatMap(([k, v]) => (typeof v === "string" ? [prefix + k] : keys(v, `${prefix}${k}.`)));
}

/** English has a form for one; Chinese does not. */
const bare = (list: string[]) => [...new Set(list.map((k) => k.replace(/_(one|other)$/, "")))].sort();

test.each(readdirSync(join(here, "zh")))("%s says the same in both languages", (file) => {
  expect(bare(keys(read("en", file)))).toEqual(bare(keys(read("zh", file))));
  for (const lang of ["zh", "en"]) {
    const empty = keys(read(lang, file)).filter((k) => k.split(".").reduce<unknown>((w, p) => (w as Words)[p], read(lang, file)) === "");
    expect(empty).toEqual([]);
  }
});

test("no language has an area of its own", () => {
  expect(readdirSync(join(here, "en"))).toEqual(readdirSync(join(here, "zh")));
});

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((e) => {
    const path = join(folder, e.name);
    if (e.isDirectory()) return e.name === "gen" || e.name === "texts" ? [] : sources(path);
    return /\.tsx?$/.test(e.name) && !/\.test\.tsx?$/.test(e.name) ? [path] : [];
  });
}

const comments = /\/\*[\s\S]*?\*\/|(^|[^:"'`])\/\/.*$/gm;

/** Sentences that stand for an answer the server could not give; they are needed before any text is loaded. */
const spoken = ["api/client.ts", "parts/acts/useAct.ts"];
/** Marks of both languages, the name of the other language. Those of one alone come from marks.ts. */
const allowed = /["'`](—| — |·|中文|zh-CN)["'`]/g;

test("what people read stands in the texts, not in the code", () => {
  const found: string[] = [];
  for (const path of sources(src)) {
    const name = path.slice(src.length + 1);
    if (spoken.includes(name)) continue;
    readFileSync(path, "utf8")
      .replace(comments, (c) => c.replace(/[^\n]/g, " "))
      .replace(allowed, (c) => " ".repeat(c.length))
      .split("\n")
      .forEach((line, i) => {
        const chinese = /[\u3000-\u303f\u4e00-\u9fff\uff00-\uff5e“”]+/.exec(line);
        // Words between tags: <p>Something here</p>.
        const english = />\s*([A-Z][a-z]+(?: [a-z]+)+)[^<>{}]*</.exec(line);
        if (chinese && !line.includes("中文")) found.push(`${name}:${i + 1}: ${chinese[0]}`);
        if (english) found.push(`${name}:${i + 1}: ${english[1]}`);
      });
  }
  expect(found).toEqual([]);
});

test("every text that is asked for by its full name exists", () => {
  const missing: string[] = [];
  const areas = new Map(readdirSync(join(here, "zh")).map((f) => [f.replace(".json", ""), new Set(bare(keys(read("zh", f))).map((k) => k.replace(/_\w+$/, "")))]));
  for (const path of sources(src)) {
    const text = readFileSync(path, "utf8").replace(comments, "");
    const area = /useTranslation\("(\w+)"/.exec(text)?.[1] ?? (/useTranslation\(\)/.test(text) ? "common" : undefined);
    if (!area) continue;
    for (const m of text.matchAll(/\bt\("([\w:.-]+)"/g)) {
      const [full] = m[1]!.split(":").length > 1 ? [m[1]!] : [`${area}:${m[1]!}`];
      const [ns, key] = full!.split(":") as [string, string];
      // A file may use several areas; a text counts as missing when no area it names has it.
      const used = [...text.matchAll(/useTranslation\("(\w+)"/g)].map((x) => x[1]!).concat(/useTranslation\(\)/.test(text) ? ["common"] : []);
      const places = m[1]!.includes(":") ? [ns] : used;
      if (!places.some((p) => areas.get(p)?.has(key))) missing.push(`${path.slice(src.length + 1)}: ${m[1]}`);
    }
  }
  expect(missing).toEqual([]);
});
