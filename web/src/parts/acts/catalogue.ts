// How the acts of people look on screen: where they stand and how they are stressed. What an act is called, what it
// takes, whether it is allowed and what may be chosen, the server tells for the very task (ActOption).
import type { ActOption, Duty, Task } from "../../api/gen/types.gen";

export type Group = "conclude" | "work" | "papers" | "clock" | "colleagues" | "talk" | "lead" | "case";

export interface ActLook {
  group: Group;
  /** primary: the usual way on; danger: speaks against the applicant or ends something. */
  tone?: "primary" | "danger";
  /** Done at a click: nothing has to be filled in and nothing is lost. */
  quick?: boolean;
}

export const acts: Record<string, ActLook> = {
  claim: { group: "work", quick: true },
  release: { group: "work", quick: true },
  gap: { group: "conclude", tone: "danger" },
  clear: { group: "conclude", tone: "primary", quick: true },
  answer: { group: "conclude", tone: "primary" },
  accept: { group: "conclude", tone: "primary" },
  refuse: { group: "conclude", tone: "danger" },
  pass: { group: "conclude", tone: "primary" },
  sendBack: { group: "conclude" },
  grant: { group: "conclude", tone: "primary" },
  deny: { group: "conclude", tone: "danger" },
  agree: { group: "conclude", tone: "primary" },
  agreeWith: { group: "conclude" },
  disagree: { group: "conclude", tone: "danger" },
  notConcerned: { group: "conclude" },
  return: { group: "conclude", tone: "danger" },
  override: { group: "conclude" },
  continue: { group: "conclude", tone: "primary" },
  stop: { group: "conclude", tone: "danger" },
  arrange: { group: "conclude", tone: "primary" },
  record: { group: "conclude", tone: "primary" },
  rectify: { group: "conclude", tone: "primary" },
  recheck: { group: "conclude", tone: "primary" },
  post: { group: "conclude", tone: "primary" },
  object: { group: "conclude" },
  uphold: { group: "conclude" },
  dismiss: { group: "conclude" },
  request: { group: "conclude" },
  inform: { group: "papers" },
  hear: { group: "papers" },
  hand: { group: "conclude", tone: "primary" },
  deliver: { group: "papers" },
  fulfil: { group: "conclude", tone: "primary" },
  judge: { group: "conclude", tone: "primary" },
  annul: { group: "conclude", tone: "danger" },
  keep: { group: "conclude", tone: "primary" },
  rate: { group: "conclude" },
  mend: { group: "papers" },
  correct: { group: "papers" },
  reply: { group: "conclude", tone: "primary" },

  pause: { group: "clock" },
  resume: { group: "clock" },
  extend: { group: "clock" },
  askTime: { group: "clock" },
  refuseTime: { group: "clock" },
  needsUpper: { group: "work" },

  assign: { group: "colleagues" },
  transfer: { group: "colleagues" },
  delegate: { group: "colleagues" },
  giveBack: { group: "colleagues" },
  recall: { group: "colleagues" },
  addSigner: { group: "colleagues" },
  removeSigner: { group: "colleagues" },
  handOver: { group: "colleagues" },

  consult: { group: "talk" },
  comment: { group: "talk" },
  copy: { group: "talk" },
  read: { group: "talk", quick: true },
  urge: { group: "talk" },

  add: { group: "lead" },
  drop: { group: "lead", tone: "danger" },
  amend: { group: "lead" },

  retract: { group: "case" },
  withdraw: { group: "case", tone: "danger" },
  terminate: { group: "case", tone: "danger" },
};

export const groups: Group[] = ["conclude", "work", "papers", "clock", "colleagues", "talk", "lead", "case"];

/** How an act looks; one that this program does not know yet stands with the others. */
export function lookOf(act: string): ActLook {
  return acts[act] ?? { group: "case" };
}

/**
 * Which act a duty's task waits for. Whoever checks what was promised, or what the applicant owes, says what was found;
 * a duty that is only to be done is recorded as done.
 */
export function nextOnDuty(duty: Duty): "fulfil" | "judge" {
  return duty.affects || duty.by === "applicant" ? "judge" : "fulfil";
}

/** The acts that answer a task of a kind and stand elsewhere on the others. */
export const answersOf: Partial<Record<Task["kind"], string[]>> = { delay: ["extend", "refuseTime"] };

/** An act that needs nothing said. */
export function isQuick(o: ActOption): boolean {
  return !!lookOf(o.act).quick && !o.fields.some((f) => f.required || f.needed);
}

/** Values that make sense before anybody has typed: the common case costs no click. */
export const defaults: Record<string, Record<string, unknown>> = {
  refuse: { outcome: "refused" },
  addSigner: { place: "beside" },
  hand: { way: "counter" },
};
