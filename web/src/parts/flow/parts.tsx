// The nodes and edges as React Flow draws them.
import { WarningFilled } from "@ant-design/icons";
import { BaseEdge, EdgeLabelRenderer, Handle, Position } from "@xyflow/react";
import type { Edge, EdgeProps, Node, NodeProps } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { inLanguage } from "../../app/language";
import { kindLook, toneSigns } from "./kinds";
import { path } from "./layout";
import type { Line } from "./layout";
import type { FlowNode, NodePaint } from "./types";

export type StepNode = Node<{ node: FlowNode; paint?: NodePaint | undefined }, "step" | "frame" | "point">;
export type LaneNode = Node<{ name: string }, "lane">;
export type LineEdge = Edge<{ line: Line }, "line">;

// React Flow wants places where edges begin and end; ours know their own way.
function Ends() {
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} className="flow-handle" />
      <Handle type="source" position={Position.Right} isConnectable={false} className="flow-handle" />
    </>
  );
}

function Painted({ paint }: { paint: NodePaint }) {
  const Sign = toneSigns[paint.tone];
  if (!paint.word) return null;
  return (
    <span className="flow-paint">
      <Sign aria-hidden /> {paint.word}
    </span>
  );
}

const Step = memo(function Step({ data: { node, paint } }: NodeProps<StepNode>) {
  const { i18n } = useTranslation();
  const { Sign, shape } = kindLook(node.kind);
  const kind = inLanguage(node.kindName, i18n.language);
  return (
    <div className={`flow-step flow-${shape} tone-${paint?.tone ?? "plain"}${node.optional ? " flow-optional" : ""}`}>
      <Ends />
      <Sign aria-hidden className="flow-sign" />
      <div className="flow-words">
        <div className="flow-name">{inLanguage(node.name, i18n.language)}</div>
        <div className="flow-kind">{[kind, node.partyName].filter(Boolean).join(" · ")}</div>
        {paint && <Painted paint={paint} />}
      </div>
      {paint?.problem && <WarningFilled className="flow-problem" aria-hidden />}
    </div>
  );
});

const Frame = memo(function Frame({ data: { node, paint } }: NodeProps<StepNode>) {
  const { i18n } = useTranslation();
  const { Sign } = kindLook(node.kind);
  return (
    <div className={`flow-frame tone-${paint?.tone ?? "plain"}`}>
      <Ends />
      <div className="flow-frame-head">
        <Sign aria-hidden /> <strong>{inLanguage(node.name, i18n.language)}</strong>
        {node.when && <span className="flow-kind"> {inLanguage(node.when, i18n.language)}</span>}
        {node.objection && <span className="flow-kind"> {inLanguage(node.objection, i18n.language)}</span>}
        {paint && <> <Painted paint={paint} /></>}
        {paint?.problem && <WarningFilled className="flow-problem" aria-hidden />}
      </div>
    </div>
  );
});

const Point = memo(function Point({ data: { node } }: NodeProps<StepNode>) {
  const { i18n } = useTranslation();
  const end = node.role === "start" || node.role === "end";
  return (
    <div className={end ? "flow-end" : "flow-fork"} aria-hidden={!end}>
      <Ends />
      {end && inLanguage(node.name, i18n.language)}
    </div>
  );
});

const Lane = memo(function Lane({ data }: NodeProps<LaneNode>) {
  const { t } = useTranslation("flow");
  return <div className="flow-lane"><span>{data.name || t("noParty")}</span></div>;
});

export const nodeTypes = { step: Step, frame: Frame, point: Point, lane: Lane };

const LinePart = memo(function LinePart({ id, data, markerEnd }: EdgeProps<LineEdge>) {
  const { i18n } = useTranslation();
  if (!data) return null;
  const { line } = data;
  const label = line.at && inLanguage(line.label, i18n.language);
  return (
    <>
      <BaseEdge id={id} path={path(line.points)} {...(markerEnd ? { markerEnd } : {})} interactionWidth={0} />
      {label && line.at && (
        <EdgeLabelRenderer>
          <div className="flow-label" title={label} style={{ transform: `translate(-50%, -50%) translate(${line.at.x}px, ${line.at.y}px)` }}>
            {label}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
});

export const edgeTypes = { line: LinePart };
