// A screen fetches the areas of words it shows, and no others: found by following what its file imports.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import type { Area } from "../texts";

const src = resolve(import.meta.dirname, "..");
const areas: Area[] = ["admin", "analyst", "supervise", "track"];

const file = (from: string, name: string): string | undefined =>
  [".ts", ".tsx", "/index.ts", "/index.tsx"].map((end) => resolve(dirname(from), name) + end).find((path) => existsSync(path));

/** The files a file is made of, without the addresses of other screens, which are fetched when gone to. */
function parts(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path) || /\/gen\/|\/routes\.tsx?$/.test(path)) return seen;
  seen.add(path);
  for (const [, name] of readFileSync(path, "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) {
    const next = file(path, name!);
    if (next) parts(next, seen);
  }
  return seen;
}

function spoken(path: string): Area[] {
  const code = readFileSync(path, "utf8");
  return areas.filter((area) => new RegExp(`useTranslation\\([^)]*"${area}"|["\`]${area}:`).test(code));
}

const screens = readdirSync(join(src, "screens")).flatMap((folder) => {
  const routes = file(join(src, "screens", folder, "x"), "./routes");
  if (!routes) return []; // comes with the frame
  return [...readFileSync(routes, "utf8").matchAll(/(?:screen|lazyRouteComponent)\(\(\) => import\("([^"]+)"\)([^)]*)\)/g)].map(([, name, named]) => ({
    name: `${folder}/${name!.slice(2)}`, path: file(routes, name!)!, named: areas.filter((a) => named!.includes(`"${a}"`)),
  }));
});

test("screens with words of their own are found", () => {
  expect(screens.length).toBeGreaterThan(20);
});

test.each(screens)("$name fetches the words it shows", ({ path, named }) => {
  expect(named).toEqual(areas.filter((a) => [...parts(path)].some((p) => spoken(p).includes(a))));
});
