// What acts may say, for the play: the fields people fill in most. Others are written as data beside them.
export type Take =
  | { name: string; kind: "text" | "long" | "list" | "papers" | "lines" | "overrides" | "steps" | "number" }
  | { name: string; kind: "choice"; choices: string[] };

const reason: Take = { name: "reason", kind: "long" };
const basis: Take = { name: "basis", kind: "text" };
const text: Take = { name: "text", kind: "long" };
const account: Take = { name: "account", kind: "text" };
const output: Take = { name: "output", kind: "text" };

const takes: Record<string, Take[]> = {
  gap: [{ name: "lines", kind: "lines" }],
  answer: [{ name: "papers", kind: "papers" }],
  amend: [{ name: "papers", kind: "papers" }, reason],
  refuse: [{ name: "outcome", kind: "choice", choices: ["refused", "not-required", "not-competent"] }, reason, basis, { name: "rightOrgan", kind: "text" }],
  grant: [{ name: "overrides", kind: "overrides" }, reason],
  override: [{ name: "overrides", kind: "overrides" }],
  deny: [reason, basis],
  disagree: [reason, basis],
  agreeWith: [{ name: "conditions", kind: "list" }, reason],
  return: [{ name: "steps", kind: "steps" }, reason],
  extend: [{ name: "clock", kind: "text" }, reason],
  pause: [{ name: "pause", kind: "text" }, reason],
  hand: [{ name: "way", kind: "choice", choices: ["counter", "courier", "online"] }],
  rate: [{ name: "grade", kind: "number" }, reason],
  judge: [{ name: "finding", kind: "choice", choices: ["met", "failed"] }, reason],
  annul: [output, reason, basis],
  keep: [output, reason],
  record: [{ name: "inspectors", kind: "list" }],
  recheck: [{ name: "inspectors", kind: "list" }],
  comment: [text],
  reply: [text],
  consult: [{ name: "org", kind: "text" }, text],
  copy: [{ name: "orgs", kind: "list" }, text],
  post: [{ name: "proof", kind: "text" }],
  assign: [account],
  transfer: [account, reason],
  delegate: [account, reason],
  addSigner: [account, { name: "place", kind: "choice", choices: ["before", "beside", "after"] }],
  claim: [], clear: [], accept: [], pass: [], read: [], release: [], giveBack: [], recall: [], urge: [],
};

export const takesOf = (act: string): Take[] => takes[act] ?? [reason];

/** What was filled in, without what was left empty. */
export function filled(values: Record<string, unknown>): Record<string, unknown> {
  const empty = (v: unknown): boolean =>
    v === undefined || v === null || v === "" || (Array.isArray(v) && v.length === 0) || (typeof v === "object" && !Array.isArray(v) && Object.values(v as object).every(empty));
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, v]) => !empty(v))
      .map(([k, v]) => [k, typeof v === "object" && !Array.isArray(v) ? filled(v as Record<string, unknown>) : v]),
  );
}
