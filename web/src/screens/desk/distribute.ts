// Who gets which of several tasks: each goes to the one of those picked who may have it and has fewest so far.
import type { ActOption, Refusal, Task } from "../../api/gen/types.gen";

/** A task, and to whom the engine would let it be given. */
export interface Givable {
  task: Task;
  /** Accounts, with their names. */
  to: Map<string, string>;
  /** Why nobody can be given it. */
  refusal?: Refusal | undefined;
}

/** What the engine's answer about a task says of giving it to somebody. */
export function givable(task: Task, acts: ActOption[]): Givable {
  const assign = acts.find((a) => a.act === "assign");
  if (!assign?.allowed) return { task, to: new Map(), refusal: assign?.refusal };
  const choices = assign.fields.find((f) => f.field === "account")?.choices ?? [];
  return { task, to: new Map(choices.map((c) => [c.id, c.name.zh || c.id])) };
}

/** Everybody who can be given one of the tasks, with how many. */
export function receivers(list: Givable[]): { account: string; name: string; count: number }[] {
  const found = new Map<string, { account: string; name: string; count: number }>();
  for (const g of list) {
    for (const [account, name] of g.to) {
      const seen = found.get(account) ?? { account, name, count: 0 };
      seen.count++;
      found.set(account, seen);
    }
  }
  return [...found.values()].sort((a, b) => b.count - a.count || a.account.localeCompare(b.account));
}

/** Deals the tasks out to those picked. Tasks with the fewest takers are dealt first, so that none is left over for want of order. */
export function deal(list: Givable[], picked: string[]): { given: { task: Task; account: string }[]; left: Task[] } {
  const load = new Map(picked.map((p) => [p, 0]));
  const takers = (g: Givable) => picked.filter((p) => g.to.has(p));
  const to = new Map<Task, string>();
  for (const g of [...list].sort((a, b) => takers(a).length - takers(b).length)) {
    const least = takers(g).sort((a, b) => load.get(a)! - load.get(b)!)[0];
    if (least === undefined) continue;
    load.set(least, load.get(least)! + 1);
    to.set(g.task, least);
  }
  return {
    given: list.flatMap((g) => (to.has(g.task) ? [{ task: g.task, account: to.get(g.task)! }] : [])),
    left: list.filter((g) => !to.has(g.task)).map((g) => g.task),
  };
}
