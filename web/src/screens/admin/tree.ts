// Organisations as a tree: each below the one it names; whose parent is unknown stands at the root.
import type { Organisation } from "../../api/gen/types.gen";

export interface Branch {
  org: Organisation;
  below: Branch[];
}

export function treeOf(list: Organisation[]): Branch[] {
  const all = new Map(list.map((org) => [org.code, { org, below: [] } as Branch]));
  const roots: Branch[] = [];
  for (const b of all.values()) {
    const above = b.org.parent ? all.get(b.org.parent) : undefined;
    if (above && !isBelow(above, b, all)) above.below.push(b);
    else roots.push(b);
  }
  return roots;
}

/** Whether an organisation stands somewhere below another: such a pair of parents would close a ring. */
function isBelow(from: Branch, top: Branch, all: Map<string, Branch>): boolean {
  const seen = new Set<string>();
  for (let at: Branch | undefined = from; at && !seen.has(at.org.code); at = at.org.parent ? all.get(at.org.parent) : undefined) {
    if (at === top) return true;
    seen.add(at.org.code);
  }
  return false;
}

/** The branches with a word in name or code, with what is above them. */
export function withWord(list: Branch[], word: string): Branch[] {
  if (!word) return list;
  const w = word.toLowerCase();
  return list.flatMap((b) => {
    if (`${b.org.name} ${b.org.nameEn ?? ""} ${b.org.code} ${b.org.region ?? ""}`.toLowerCase().includes(w)) return [b];
    const below = withWord(b.below, word);
    return below.length ? [{ org: b.org, below }] : [];
  });
}

/** All organisations below one, itself included: none of them may become its parent. */
export function codesBelow(list: Branch[], code: string): Set<string> {
  const out = new Set<string>();
  const walk = (b: Branch, inside: boolean) => {
    if (inside || b.org.code === code) out.add(b.org.code);
    for (const x of b.below) walk(x, inside || b.org.code === code);
  };
  for (const b of list) walk(b, false);
  return out;
}
