// The process as a picture, painted: on the case page with where the case is, in the editor with what tests
// reached. The picture itself (React Flow, dagre) is loaded when it is first shown.
//
//   <Flow graph={flow} label={t("…")} paint={paintSteps(steps, t)} selected={step} onSelect={setStep} />
//
// `graph` is what the server calls a flow (definition.Flow); `paint` says per step how it stands: paintSteps
// (flow/paint.ts) makes it from the steps of a case.
import { Skeleton } from "antd";
import { Suspense, lazy } from "react";
import type { CSSProperties } from "react";
import { Nothing } from "./States";
import { useTranslation } from "react-i18next";
import type { FlowGraph, FlowPaint } from "./flow/types";

export type { FlowEdge, FlowGraph, FlowNode, FlowPaint, NodePaint, Tone } from "./flow/types";
export { paintSteps } from "./flow/paint";

const Picture = lazy(() => import("./flow/Picture"));

export interface FlowProps {
  graph: FlowGraph;
  /** What the picture is of, for those who listen. */
  label: string;
  paint?: FlowPaint | undefined;
  /** The step that is lit. */
  selected?: string | undefined;
  /** A step was clicked, or Enter was pressed on it. */
  onSelect?: ((step: string) => void) | undefined;
  height?: CSSProperties["height"];
  /** The legend is open at first. */
  legend?: boolean;
}

export function Flow(props: FlowProps) {
  const { t } = useTranslation("flow");
  const height = props.height ?? 420;
  if (props.graph.nodes.length === 0) return <Nothing text={t("empty")} />;
  return (
    <Suspense fallback={<div style={{ height }}><Skeleton active /></div>}>
      <Picture {...props} height={height} />
    </Suspense>
  );
}
