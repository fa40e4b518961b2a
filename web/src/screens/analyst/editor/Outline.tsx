// What the text declares, to jump to.
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Mark } from "../../../api/gen/types.gen";
import { markAt } from "./places";

/** How deep a mark stands: below its section, its group, its step. */
function depths(outline: Mark[]): number[] {
  const of = new Map<string, number>();
  return outline.map((m) => {
    const depth = m.kind === "section" ? 0 : m.kind === "case" || !m.parent ? 1 : (of.get(m.parent) ?? 0) + 1;
    if (m.kind === "step") of.set(m.id, depth);
    return depth;
  });
}

export function Outline({ outline, line, onGo }: { outline: Mark[]; line: number; onGo: (line: number, column: number) => void }) {
  const { t } = useTranslation("analyst");
  const here = markAt(outline, line);
  const list = useRef<HTMLElement>(null);
  const deep = depths(outline);
  useEffect(() => {
    list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }, [here?.line]);
  return (
    <nav ref={list} className="outline" aria-label={t("outline")}>
      <ul>
        {outline.map((m, i) => (
          <li key={`${m.kind} ${m.id} ${m.line}`} style={{ paddingInlineStart: deep[i]! * 12 }}>
            <button type="button" className="plain-button" aria-current={m === here ? "location" : undefined} onClick={() => onGo(m.line, m.column)} title={t(`mark.${m.kind}`, { defaultValue: m.kind })}>
              {m.kind === "section" ? <strong>{t(`section.${m.id}`, { defaultValue: m.id })}</strong> : <>{m.name || m.id} {m.name && m.kind !== "case" && <code className="muted small">{m.id}</code>}</>}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
