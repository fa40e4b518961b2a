// The text of a definition, with completion, findings at their places, folding, search. React holds what is around
// it; the text itself is CodeMirror's while somebody types.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, defaultHighlightStyle, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import type { Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import type { Extension } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useImperativeHandle, useLayoutEffect, useRef } from "react";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import type { Finding } from "../../../api/gen/types.gen";
import { complete } from "../language/complete";
import type { Knowledge } from "../language/complete";
import { phrases } from "./phrases";
import { placeOf } from "./places";
import { look } from "./theme";

export interface CodeHandle {
  /** Shows a line and puts the cursor there. */
  go: (line: number, column?: number) => void;
}

interface Props {
  /** Another file is another text, with a history of its own. */
  file: string;
  text: string;
  label: string;
  readOnly?: boolean;
  /** Long lines go on below: what is written is prose. */
  wrap?: boolean;
  findings: Finding[];
  know?: Knowledge | undefined;
  onChange: (text: string) => void;
  /** The line the cursor is in, from 1. */
  onLine: (line: number) => void;
  onSave: () => void;
  onRun: () => void;
  ref?: Ref<CodeHandle>;
}

export function CodeEditor({ file, text, label, readOnly = false, wrap = false, findings, know, ref, ...on }: Props) {
  const { t, i18n } = useTranslation("analyst");
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const kept = useRef(new Map<string, EditorState>());
  // What the extensions read is always of now, without building them anew.
  const now = useRef({ know, file, ...on });
  now.current = { know, file, ...on };
  const lock = useRef(new Compartment()).current;
  const english = i18n.language.startsWith("en");

  useLayoutEffect(() => {
    const made = new EditorView({ parent: host.current! });
    view.current = made;
    return () => made.destroy();
  }, []);

  useLayoutEffect(() => {
    const v = view.current!;
    const states = kept.current;
    v.setState(states.get(file) ?? EditorState.create({ doc: text, extensions: [extensions(now, label, phrases(t), lock, readOnly), wrap ? EditorView.lineWrapping : []] }));
    return () => void states.set(file, v.state);
  }, [file, label, t]); // the text that came first is the editor's own from then on; others follow below

  useEffect(() => {
    const v = view.current!;
    const has = v.state.doc.toString();
    if (has !== text) v.dispatch({ changes: { from: 0, to: has.length, insert: text } });
  }, [text, file]);

  useEffect(() => {
    view.current!.dispatch({ effects: lock.reconfigure(locked(readOnly)) });
  }, [readOnly, lock, file]);

  useEffect(() => {
    const v = view.current!;
    v.dispatch(setDiagnostics(v.state, findings.map((f): Diagnostic => {
      const { from, to } = placeOf(v.state.doc, f);
      const said = (english ? f.en : f.zh) || f.zh;
      const fix = english ? f.fix : (f.fixZh ?? f.fix);
      return { from, to, severity: f.severity === "note" ? "info" : f.severity, source: f.code, message: fix ? `${said}\n${t("problems.fix", { fix })}` : said };
    })));
  }, [findings, file, english, t]);

  useImperativeHandle(ref, () => ({
    go: (line, column = 1) => {
      const v = view.current!;
      const at = v.state.doc.line(Math.min(Math.max(1, line), v.state.doc.lines));
      const pos = Math.min(at.to, at.from + column - 1);
      v.dispatch({ selection: { anchor: pos }, effects: EditorView.scrollIntoView(pos, { y: "center", x: "nearest" }) });
      v.focus();
    },
  }), []);

  return <div ref={host} className="code" />;
}

const locked = (on: boolean): Extension => [EditorState.readOnly.of(on), EditorView.editable.of(!on), EditorView.contentAttributes.of({ tabindex: "0" })];

interface Now {
  current: Pick<Props, "know" | "file" | "onChange" | "onLine" | "onSave" | "onRun">;
}

function extensions(now: Now, label: string, words: Record<string, string>, lock: Compartment, readOnly: boolean): Extension[] {
  let line = 0;
  return [
    EditorState.phrases.of(words),
    lineNumbers(), highlightActiveLineGutter(), foldGutter(), lintGutter(),
    history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(), highlightSelectionMatches(), search({ top: true }),
    yaml(), indentUnit.of("  "), syntaxHighlighting(defaultHighlightStyle, { fallback: true }), look,
    autocompletion({ override: [(c) => offers(c, now.current.know)], activateOnTyping: true, icons: false, maxRenderedOptions: 60 }),
    EditorView.contentAttributes.of({ "aria-label": label, lang: "zh-CN", spellcheck: "false" }),
    keymap.of([
      { key: "Mod-s", preventDefault: true, run: () => (now.current.onSave(), true) },
      { key: "Mod-Enter", preventDefault: true, run: () => (now.current.onRun(), true) },
      ...closeBracketsKeymap, ...completionKeymap, ...searchKeymap, ...foldKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab,
    ]),
    lock.of(locked(readOnly)),
    EditorView.updateListener.of((u) => {
      if (u.docChanged) now.current.onChange(u.state.doc.toString());
      const at = u.state.doc.lineAt(u.state.selection.main.head).number;
      if (at !== line && (u.selectionSet || u.docChanged)) now.current.onLine((line = at));
    }),
  ];
}

function offers(context: CompletionContext, know: Knowledge | undefined): CompletionResult | null {
  if (!know) return null;
  const word = context.matchBefore(/[\p{L}\p{N}_.#/-]+/u);
  // An empty line offers nothing unasked, what begins a value or an entry does.
  if (!context.explicit && !word && !context.matchBefore(/[:[{,]\s?$|-\s$/)) return null;
  const found = complete(context.state.doc.toString(), context.pos, know);
  if (!found) return null;
  const options = found.offers.map((o, i): Completion => ({
    label: o.label, detail: o.detail, apply: o.apply, type: o.kind, boost: -Math.min(i, 90),
    ...(o.info && o.info !== o.detail ? { info: o.info } : {}),
  }));
  return { from: found.from, options, validFor: /^[\p{L}\p{N}_.-]*$/u };
}
