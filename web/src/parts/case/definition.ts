// What the case pages read of a definition. The whole of it is the language's (docs/language.md).
export interface DefinitionStep {
  id: string;
  name: string;
  kind: string;
  by?: string;
  reads?: string[];
  parallel?: { branches: DefinitionStep[] };
  sequence?: { steps: DefinitionStep[] };
  decide?: { checks?: string[]; back?: string[]; gives?: { id: string; name: string; data?: { properties?: Record<string, { title?: string }> } }[] };
  review?: { checks?: string[] };
}

export interface Definition {
  process: DefinitionStep[];
  conditions?: { id: string; text: string; basis?: { law: string; article?: string }[] }[];
  materials?: { id: string; name: string }[];
  situations?: { id: string; ask: string; type: string; options?: { id: string; label: string }[] }[];
  form?: { id: string; name?: string; label?: string; type: string; fields?: { id: string; name?: string; label?: string }[] }[];
}

/** A step anywhere in the process. */
export function findStep(steps: DefinitionStep[] | undefined, id: string): DefinitionStep | undefined {
  for (const s of steps ?? []) {
    if (s.id === id) return s;
    const inside = findStep(s.parallel?.branches ?? s.sequence?.steps, id);
    if (inside) return inside;
  }
  return undefined;
}

/** Papers a step reads; undefined where it reads all there are (a step that names none of its own). */
export function papersRead(step: DefinitionStep | undefined): Set<string> | undefined {
  if (!step?.reads) return undefined;
  return new Set(step.reads.filter((r) => !r.startsWith("form.")));
}
