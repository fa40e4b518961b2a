// From lines and columns of the server to places in a text, and back to what stands there.
import type { Text } from "@codemirror/state";
import type { Finding, Mark } from "../../../api/gen/types.gen";

/** What a finding underlines: the word it stands at, or the line from there when there is none. */
export function placeOf(doc: Text, f: Pick<Finding, "line" | "column">): { from: number; to: number } {
  const line = doc.line(Math.min(Math.max(1, f.line), doc.lines));
  // Columns count characters, the text counts halves of the rare ones.
  const characters = Array.from(line.text);
  const from = Math.min(line.to, line.from + characters.slice(0, Math.max(0, f.column - 1)).join("").length);
  const word = /^[\p{L}\p{N}_.-]+|^("[^"]*"|'[^']*')/u.exec(doc.sliceString(from, line.to));
  const to = word ? from + word[0].length : line.to;
  return from < to ? { from, to } : { from: line.from, to: line.to };
}

/** The innermost thing declared around a line. */
export function markAt(outline: Mark[], line: number, kind?: string): Mark | undefined {
  let best: Mark | undefined;
  for (const m of outline) {
    if ((kind && m.kind !== kind) || m.line > line || m.end < line) continue;
    if (!best || m.end - m.line <= best.end - best.line) best = m;
  }
  return best;
}

/** The step around each finding: where the flow is marked. */
export function stepsWith(findings: Finding[], outline: Mark[]): Map<string, Finding> {
  const out = new Map<string, Finding>();
  for (const f of findings) {
    if (f.severity === "note") continue;
    const step = markAt(outline, f.line, "step");
    if (step && (!out.has(step.id) || f.severity === "error")) out.set(step.id, f);
  }
  return out;
}
