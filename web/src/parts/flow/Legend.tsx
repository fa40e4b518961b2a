// What the shapes, lines and colours of the picture mean; only those it has.
import { useTranslation } from "react-i18next";
import { inLanguage } from "../../app/language";
import { kindLook, toneSigns } from "./kinds";
import type { FlowGraph, FlowPaint, NodePaint } from "./types";

export function Legend({ graph, paint, open }: { graph: FlowGraph; paint?: FlowPaint | undefined; open: boolean }) {
  const { t, i18n } = useTranslation("flow");
  const kinds = new Map(graph.nodes.filter((n) => n.kind && n.kindName).map((n) => [n.kind!, n.kindName!]));
  const edges = [...new Set(graph.edges.map((e) => e.kind))].filter((k) => k !== "then");
  const tones = new Map<string, NodePaint>();
  for (const p of Object.values(paint ?? {})) if (p.word) tones.set(p.tone + p.word, p);
  return (
    <details className="flow-legend" open={open}>
      <summary>{t("legend")}</summary>
      <ul>
        {[...kinds].map(([kind, name]) => {
          const { Sign, shape } = kindLook(kind);
          return <li key={kind}><span className={`flow-swatch flow-${shape}`}><Sign aria-hidden /></span> {inLanguage(name, i18n.language)}</li>;
        })}
        {graph.nodes.some((n) => n.optional) && <li><span className="flow-swatch flow-optional" /> {t("optional")}</li>}
        {edges.map((kind) => <li key={kind}><span className={`flow-stroke flow-stroke-${kind}`} /> {t(`line.${kind}`)}</li>)}
        {[...tones].map(([key, p]) => {
          const Sign = toneSigns[p.tone];
          return <li key={key}><span className={`flow-swatch tone-${p.tone}`}><span className="flow-paint"><Sign aria-hidden /></span></span> {p.word}</li>;
        })}
      </ul>
    </details>
  );
}
