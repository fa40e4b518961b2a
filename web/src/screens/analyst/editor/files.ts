// Files of a draft beside its definition.
import type { DefinitionTest } from "../../../api/gen/types.gen";
import type { Texts } from "./useDraft";

/** A new file of tests, with what every file of tests begins with. */
export function newTest(texts: Texts, item: { code: string; version: string }): DefinitionTest {
  const base = item.version.replace(/[^A-Za-z0-9._-]/g, "-") || "new";
  let name = `${base}.test.yaml`;
  for (let n = 2; texts.tests.some((t) => t.name === name); n++) name = `${base}-${n}.test.yaml`;
  const tested = /^tests:\s*(\S+)/m.exec(texts.tests[0]?.text ?? "")?.[1] ?? (JSON.stringify(item.code) || '""');
  const region = /^region:\s*(\S+)/m.exec(texts.tests[0]?.text ?? "")?.[1];
  return { name, text: `language: lianban/v1\ntests: ${tested}\n${region ? `region: ${region}\n` : ""}people:\ncases:\n` };
}

/** The file of this name; a run may tell of one that is gone. */
export function testName(tests: DefinitionTest[], name: string): string | undefined {
  return tests.some((t) => t.name === name) ? name : undefined;
}
