// The keys of scenario tests. Items have a schema of the server; tests are short enough to be told here.
import type { Schema } from "./schema";

/** tell gives the words of a key, in the language of the screen. */
export function testsSchema(tell: (key: string) => string): Schema {
  const of = (key: string, s: Schema): Schema => ({ ...s, description: tell(key) });
  const text = (key: string) => of(key, { type: "string" });
  const texts = (key: string) => of(key, { type: "array", items: { type: "string" } });
  const map = (key: string) => of(key, { type: "object", additionalProperties: {} });
  const object = (key: string, properties: Record<string, Schema>) => of(key, { type: "object", properties });
  const list = (key: string, items: Schema) => of(key, { type: "array", items });

  const expected = object("expect", {
    state: of("state", { enum: ["received", "correcting", "accepted", "decided", "closed"] }),
    outcome: of("outcome", { enum: ["granted", "granted-tolerant", "partly", "denied", "refused", "not-required", "not-competent", "lapsed", "withdrawn", "terminated"] }),
    open: texts("open"), due: map("due"), accepted: text("accepted"), flags: texts("flags"), verdicts: map("verdicts"), duties: map("duties"),
    notices: list("notices", map("notices")),
  });
  const filing = object("file", {
    at: text("at"), by: text("by"), answers: map("answers"), form: map("form"),
    papers: object("papers", { without: texts("without"), defer: texts("defer"), unsigned: of("unsigned", { type: "boolean" }), letter: of("letter", { anyOf: [texts("letter"), map("letter")] }) }),
    agent: map("agent"), badCredit: map("badCredit"), cause: map("cause"), refused: text("refused"),
  });
  const act = object("then", {
    at: text("at"), by: text("by"), do: text("do"), step: text("step"), refused: text("refused"), reason: text("reason"), basis: text("basis"), lines: map("lines"),
    papers: texts("handed"), way: text("way"), account: text("account"), overrides: map("overrides"), outcome: text("kind"), expect: expected,
  });
  return {
    type: "object",
    properties: {
      language: of("language", { const: "lianban/v1" }), tests: text("tests"), region: text("region"), people: map("people"),
      cases: list("cases", { type: "object", properties: { name: text("name"), file: filing, then: list("then", act) } }),
    },
  };
}
