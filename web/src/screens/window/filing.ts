// What a filing at the window holds while it is being written, and what of it is sent. No React here.
import type { Checklist, ChecklistPaper, Evidence, File as Stored, PaperIn, Start } from "../../api/gen/types.gen";

export interface Question {
  id: string;
  ask: string;
  type: "boolean" | "number" | "choice" | "choices";
  options?: { id: string; label: string }[];
  min?: number;
  max?: number;
  /** The condition in words, and as written. */
  when?: { zh: string; en: string };
  expr?: string;
}

export interface GuidePaper {
  id: string;
  name: string;
  when?: { zh: string; en: string };
  signedBy: string[];
  basis: { law: string; article?: string }[] | null;
  later?: { zh: string; en: string };
  usedBy: string[];
}

export interface FiledPaper {
  file?: Stored;
  original?: boolean;
  selfMade?: boolean;
  letter?: boolean;
  /** The last day the letter bears. */
  until?: string;
  copies?: number;
  signedBy?: string[];
  /** The applicant stands by the paper held for him, or has shown the original of it. */
  held?: boolean;
}

export interface AgentDraft {
  name: string;
  id?: string;
  until?: string;
  evidence?: Stored;
}

export interface Filing {
  applicantId: string;
  answers: Record<string, unknown>;
  form: Record<string, unknown>;
  papers: Record<string, FiledPaper>;
  defer: string[];
  promises: Record<string, Stored>;
  /** The signed commitment to bring what is put off. */
  undertaking?: Stored;
  agent?: AgentDraft;
  badCredit?: { reason: string; evidence: Stored[] };
  /** Why the act came before its formalities. */
  cause?: { reason: string; evidence: Stored[] };
  /** How often it was refused: what is sent after a refusal is another filing than the one refused. */
  refusals: number;
  /** Where answers and the form were taken from, for the eye. */
  taken: { answers: Record<string, string>; form?: { number: string; day: string } };
}

export const emptyFiling: Filing = {
  applicantId: "", answers: {}, form: {}, papers: {}, defer: [], promises: {}, refusals: 0, taken: { answers: {} },
};

export function answered(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
}

/** Names of questions a condition reads. */
export function reads(expr: string | undefined, questions: Question[]): string[] {
  if (!expr) return [];
  const words = new Set(expr.replace(/"[^"]*"|'[^']*'/g, "").match(/[A-Za-z_]\w*/g) ?? []);
  return questions.filter((q) => words.has(q.id)).map((q) => q.id);
}

/**
 * The questions to show: those the guide still has for the answers so far, and of those with a condition only
 * the ones whose own questions have been answered. all is the whole guide, left what the answers leave of it.
 */
export function asked(all: Question[], left: Question[], answers: Record<string, unknown>): Question[] {
  const still = new Set(left.map((q) => q.id));
  return all.filter((q) => still.has(q.id) && reads(q.expr, all).every((id) => answered(answers[id])));
}

/** Answers to the questions that are asked: one whose question has gone is not sent. */
export function answersTo(questions: Question[], answers: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(questions.filter((q) => answered(answers[q.id])).map((q) => [q.id, answers[q.id]]));
}

/** The applicant's number goes into the field of the form it is the number of. */
export function numberField(id: string): "idNumber" | "creditCode" {
  const upper = id.toUpperCase();
  if (/^[0-9A-HJ-NP-RTUWXY]{18}$/.test(upper) && !/^[1-8]\d{16}[\dX]$/.test(upper)) return "creditCode";
  return "idNumber";
}

/** Papers the applicant still has to hand over: neither held, nor made here, nor promised, nor put off. */
export function missing(list: ChecklistPaper[], filing: Filing): ChecklistPaper[] {
  return list.filter((p) => {
    const filed = filing.papers[p.id];
    if (filed?.file || filing.defer.includes(p.id)) return false;
    if (p.need === "compare" || p.need === "confirm") return !filed?.held;
    return p.need === "bring";
  });
}

function paperIn(p: ChecklistPaper, filed: FiledPaper | undefined): PaperIn | undefined {
  if (!filed || p.need === "made" || p.need === "promised") return undefined;
  const vouched = {
    ...(filed.original ? { original: true } : {}),
    ...(filed.selfMade ? { selfMade: true } : {}),
    ...(filed.letter ? { letter: true, ...(filed.until ? { until: filed.until } : {}) } : {}),
    ...(filed.copies && filed.copies > 1 ? { copies: filed.copies } : {}),
    ...(filed.signedBy?.length ? { signedBy: filed.signedBy } : {}),
  };
  if (filed.file) return { id: p.id, hash: filed.file.hash, source: "applicant", ...vouched };
  if (!filed.held) return undefined;
  if (p.need === "compare") return { id: p.id, source: "library", original: true };
  if (p.need === "confirm") return { id: p.id, source: "library" };
  return undefined;
}

export const evidence = (f: Stored): Evidence => ({ name: f.name, hash: f.hash, type: f.type, size: f.size });

/** The papers that are put off: those that may be and are not handed in. */
export function putOff(list: Checklist | undefined, filing: Filing): ChecklistPaper[] {
  return (list?.papers ?? []).filter((p) => p.follow && p.need === "bring" && filing.defer.includes(p.id) && !filing.papers[p.id]?.file);
}

/** The application as it is sent. */
export function startBody(item: string, version: string | undefined, filing: Filing, questions: Question[], list: Checklist | undefined): Start {
  const papers = (list?.papers ?? []).flatMap((p) => paperIn(p, filing.papers[p.id]) ?? []);
  const defer = putOff(list, filing).map((p) => p.id);
  const promises = (list?.promises ?? []).flatMap((p) => (filing.promises[p.id] ? [{ id: p.id, hash: filing.promises[p.id]!.hash }] : []));
  const { agent, badCredit } = filing;
  return {
    item,
    ...(version ? { version } : {}),
    channel: "window",
    answers: answersTo(questions, filing.answers),
    form: filing.form,
    papers,
    ...(defer.length ? { defer, ...(filing.undertaking ? { undertaking: { hash: filing.undertaking.hash } } : {}) } : {}),
    ...(promises.length ? { promises } : {}),
    ...(agent?.evidence
      ? { agent: { name: agent.name, ...(agent.id ? { id: agent.id } : {}), until: agent.until ?? "", evidence: evidence(agent.evidence) } }
      : {}),
    ...(list?.first && filing.cause ? { cause: { reason: filing.cause.reason, evidence: filing.cause.evidence.map(evidence) } } : {}),
    ...(badCredit ? { badCredit: { reason: badCredit.reason, evidence: badCredit.evidence.map(evidence) } } : {}),
  };
}

/** Length of the longest run of characters both texts have. */
function common(a: string, b: string): number {
  let best = 0;
  let row = new Array<number>(b.length + 1).fill(0);
  for (let i = 1; i <= a.length; i++) {
    const next = new Array<number>(b.length + 1).fill(0);
    for (let j = 1; j <= b.length; j++) {
      if (a[i - 1] === b[j - 1]) best = Math.max(best, (next[j] = row[j - 1]! + 1));
    }
    row = next;
  }
  return best;
}

/**
 * Which file is which paper, when several are dropped at once: by name where a name says it, then in the order
 * of the list, as papers are scanned. Files beyond the list are left over.
 */
export function distribute(files: string[], papers: { id: string; name: string }[]): (string | undefined)[] {
  const out = new Array<string | undefined>(files.length).fill(undefined);
  const free = new Map(papers.map((p) => [p.id, p.name]));
  const pairs = files.flatMap((file, at) => papers.map((p) => ({ at, id: p.id, score: common(file.replace(/\.\w+$/, ""), p.name) })));
  for (const { at, id } of pairs.filter((x) => x.score >= 2).sort((a, b) => b.score - a.score)) {
    if (out[at] === undefined && free.delete(id)) out[at] = id;
  }
  const rest = [...free.keys()];
  return out.map((id) => id ?? rest.shift());
}
