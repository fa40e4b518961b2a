import { EditorView } from "@codemirror/view";

/** The editor in the colours of the console. */
export const look = EditorView.theme({
  "&": { height: "100%", fontSize: "13px", backgroundColor: "#fff" },
  "&.cm-focused": { outline: "2px solid #1d4f91", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "'Cascadia Mono', Consolas, 'Noto Sans Mono CJK SC', 'Microsoft YaHei', monospace", lineHeight: "1.55" },
  ".cm-gutters": { backgroundColor: "#f5f7fa", color: "#5c6675", borderRight: "1px solid #dde2ea" },
  ".cm-activeLine": { backgroundColor: "#f0f5fc80" },
  ".cm-activeLineGutter": { backgroundColor: "#dfe9f7" },
  ".cm-tooltip": { fontSize: "13px", maxWidth: "520px" },
  ".cm-diagnosticText": { whiteSpace: "pre-wrap" },
  ".cm-completionDetail": { color: "#4a5361", fontStyle: "normal", marginLeft: "10px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "#1d4f91", color: "#fff" },
  ".cm-tooltip-autocomplete ul li[aria-selected] .cm-completionDetail": { color: "#fff" },
  ".cm-collapsedLines:before, .cm-collapsedLines:after": { content: '"⋯"' },
  ".cm-panels": { backgroundColor: "#f5f7fa" },
});
