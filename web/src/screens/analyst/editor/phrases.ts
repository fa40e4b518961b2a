import type { TFunction } from "i18next";

/** What CodeMirror says by itself. */
const said = [
  "Find", "Replace", "next", "previous", "all", "match case", "regexp", "by word", "replace", "replace all", "close", "current match", "on line", "replaced match on line $",
  "replaced $ matches", "Go to line", "go", "Diagnostics", "No diagnostics", "Fold line", "Unfold line", "folded code", "unfold", "to", "Folded lines", "Unfolded lines",
  "Completions", "$ unchanged lines",
];

/** The same in the language of the screen. t is of "analyst". */
export function phrases(t: TFunction<"analyst">): Record<string, string> {
  return Object.fromEntries(said.map((s) => [s, t(`phrases.${s}`)]));
}
