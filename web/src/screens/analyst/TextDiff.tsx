// Two texts, line by line: side by side where there is room, else one with what was taken out of it.
import { yaml } from "@codemirror/lang-yaml";
import { defaultHighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import type { Extension } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { phrases } from "./editor/phrases";
import { look } from "./editor/theme";

export function TextDiff({ from, to, unified = false, labels }: { from: string; to: string; unified?: boolean; labels: [string, string] }) {
  const { t } = useTranslation("analyst");
  const host = useRef<HTMLDivElement>(null);
  const [old, now] = labels;
  useEffect(() => {
    const words = EditorState.phrases.of(phrases(t));
    const shared: Extension[] = [lineNumbers(), yaml(), syntaxHighlighting(defaultHighlightStyle), look, words, EditorState.readOnly.of(true), EditorView.editable.of(false)];
    const named = (label: string) => EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", lang: "zh-CN" });
    const collapseUnchanged = { margin: 3, minSize: 5 };
    if (unified) {
      const view = new EditorView({
        parent: host.current!, doc: to,
        extensions: [...shared, named(t("compare.unified", { old, now })), unifiedMergeView({ original: from, mergeControls: false, collapseUnchanged })],
      });
      return () => view.destroy();
    }
    const view = new MergeView({
      parent: host.current!, a: { doc: from, extensions: [...shared, named(old)] }, b: { doc: to, extensions: [...shared, named(now)] }, collapseUnchanged, gutter: true,
    });
    return () => view.destroy();
  }, [from, to, unified, old, now, t]);
  return (
    <div>
      {!unified && <div className="diff-heads"><strong>{old}</strong><strong>{now}</strong></div>}
      {from === to && <p role="status">{t("compare.same")}</p>}
      <div ref={host} className="diff" />
    </div>
  );
}
