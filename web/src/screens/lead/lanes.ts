// The joint case by department: who does what, how far each is, and how much of its time is used.
import type { ClockLine, ClockView, FlowStep, Step, Wait } from "../../api/gen/types.gen";

export interface LaneStep {
  step: Step;
  flow: FlowStep | undefined;
  /** The clock that measures it: the one that runs, else the last. */
  clock: ClockView | undefined;
  waits: Wait[];
}

export interface Lane {
  party: string;
  name: string;
  orgName: string;
  steps: LaneStep[];
  /** Nothing of it is part of this case. */
  absent: boolean;
  /** It has work open. */
  active: boolean;
}

/** Blocks hold steps and have no work of their own. */
const blocks = new Set(["sequence", "parallel", "include"]);

export function lanesOf(steps: Step[], flow: FlowStep[], clocks: ClockView[], waits: Wait[]): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const step of [...steps].sort((a, b) => a.order - b.order)) {
    if (blocks.has(step.kind)) continue;
    const party = step.party ?? "";
    let lane = lanes.get(party);
    if (!lane) {
      lane = { party, name: step.partyName ?? party, orgName: step.orgName ?? "", steps: [], absent: true, active: false };
      lanes.set(party, lane);
    }
    lane.orgName ||= step.orgName ?? "";
    lane.absent &&= step.status === "absent";
    const painted = flow.find((f) => f.step === step.id);
    lane.active ||= step.status === "open" || painted?.state === "active";
    lane.steps.push({
      step,
      flow: painted,
      clock: clockOf(step, clocks),
      // Whoever is waited for at the intake may be any department: each stands in its own lane.
      waits: waits.filter((w) => w.step === step.id && (w.who === party || !isParty(w, steps))),
    });
  }
  for (const w of waits) {
    const lane = lanes.get(w.who);
    if (lane && !lane.steps.some((s) => s.waits.includes(w))) {
      lane.active = true;
      const at = lane.steps[0]!;
      at.waits.push(w);
    }
  }
  return [...lanes.values()].sort((a, b) => Number(a.absent) - Number(b.absent));
}

function isParty(w: Wait, steps: Step[]): boolean {
  return steps.some((s) => s.party === w.who);
}

function clockOf(step: Step, clocks: ClockView[]): ClockView | undefined {
  // The step's own limit (its id, a later round with #N), not those of links or laws beside it.
  const own = clocks.filter((c) => c.clock.step === step.id && (c.clock.id === step.id || c.clock.id.startsWith(step.id + "#")));
  const of = own.length ? own : clocks.filter((c) => c.clock.step === step.id);
  return of.find((c) => !c.clock.endedAt) ?? of.at(-1);
}

export interface Used {
  /** Days used and the days there are, as the limit counts them. */
  used: number;
  total: number;
  percent: number;
}

const dayLength = 86_400_000;

/** Days of a limit used up to and with a day, from the lines that explain it: only days that count, and none behind the last. */
export function usedDays(lines: ClockLine[], today: string): Used | undefined {
  const counted = lines.filter((l) => (l.kind === "counted" || l.kind === "make-up") && l.days);
  if (!counted.length) return undefined;
  const last = lines.find((l) => l.kind === "end")?.to;
  const until = (l: ClockLine, day: string) => Math.max(0, Math.min(l.days!, Math.floor((Date.parse(day) - Date.parse(l.from)) / dayLength) + 1));
  let used = 0, total = 0;
  for (const l of counted) {
    const there = last ? until(l, last) : l.days!; // what lies behind the instant it may last until is no part of it
    total += there;
    used += Math.min(there, until(l, today));
  }
  if (!total) return undefined;
  return { used, total, percent: Math.round((100 * used) / total) };
}
