// The picture: laid out, drawn, reached by keyboard. Enter on a step is a click; arrows walk along the edges.
import { ApartmentOutlined, ColumnHeightOutlined, ColumnWidthOutlined, CompressOutlined, MinusOutlined, PlusOutlined } from "@ant-design/icons";
import { MarkerType, ReactFlow, ReactFlowProvider, useReactFlow, useStore } from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { Button, Tooltip } from "antd";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { inLanguage } from "../../app/language";
import type { FlowProps } from "../Flow";
import { semicolon } from "../../texts/marks";
import { Legend } from "./Legend";
import "./flow.css";
import { better, layout, layoutLanes } from "./layout";
import type { Box, Laid } from "./layout";
import { edgeTypes, nodeTypes } from "./parts";
import type { LaneNode, LineEdge, StepNode } from "./parts";
import type { FlowEdge, FlowNode, NodePaint } from "./types";

type Way = "auto" | "LR" | "TB" | "lanes";
const ways: Way[] = ["auto", "LR", "TB", "lanes"];
const readable = 0.62;

export default function Picture(props: FlowProps) {
  return (
    <ReactFlowProvider>
      <Inner {...props} />
    </ReactFlowProvider>
  );
}

function Inner({ graph, label, paint, selected, onSelect, height, legend }: FlowProps) {
  const { t, i18n } = useTranslation("flow");
  const lang = i18n.language;
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<{ width: number; height: number }>();
  const [way, setWay] = useState<Way>("auto");
  const rf = useReactFlow();
  // What moves the picture; another one begins at its own beginning.
  const mover = useStore((s) => s.panZoom);

  useLayoutEffect(() => {
    const el = frame.current!;
    const watch = new ResizeObserver(() => setSize({ width: el.clientWidth, height: el.clientHeight }));
    watch.observe(el);
    return () => watch.disconnect();
  }, []);

  // Painting makes nodes higher: all at once, so that a case moving on does not move the picture.
  const painted = !!paint && Object.values(paint).some((p) => p.word);
  const wide = size ? Math.round(size.width / 80) * 80 : 0;
  const high = size ? Math.round(size.height / 80) * 80 : 0;
  const laid = useMemo<Laid | undefined>(() => {
    if (!wide || !high) return undefined;
    const tall = () => painted;
    if (way === "lanes") return layoutLanes(graph, tall);
    return way === "auto" ? better(graph, wide, high, tall) : layout(graph, way, tall);
  }, [graph, way, wide, high, painted]);

  const nodes = useMemo(() => (laid ? drawn(graph, laid, paint, selected, t, lang) : []), [graph, laid, paint, selected, t, lang]);
  const edges = useMemo(() => (laid ? lined(laid, selected) : []), [laid, selected]);

  // What does not fit is moved so that a box is in the middle, as far as the picture reaches.
  const show = useCallback(
    (zoom: number, box?: Box, duration = 0) => {
      if (!laid || !size) return;
      const along = (room: number, length: number, at: number | undefined) => {
        const over = length * zoom + 24 - room;
        if (over <= 0) return -over / 2 + 12;
        return at === undefined ? 12 : Math.min(12, Math.max(12 - over, room / 2 - at * zoom));
      };
      const x = along(size.width, laid.width, box && box.x + box.width / 2);
      const y = along(size.height, laid.height, box && box.y + Math.min(box.height, 160) / 2);
      void rf.setViewport({ x, y, zoom }, { duration });
    },
    [laid, size, rf],
  );
  const fit = laid && size ? Math.min(1, size.width / (laid.width + 24), size.height / (laid.height + 24)) : 1;

  // Shown anew when the way of drawing changes, not while the process is being written; the lit step, or else
  // where the case is, is brought into the picture when it is another one.
  const lit = selected ?? (paint && Object.keys(paint).find((id) => ["open", "late"].includes(paint[id]!.tone)));
  const shown = useRef<{ key: string; lit: string; by: typeof mover }>({ key: "", lit: "", by: null });
  useEffect(() => {
    if (!laid || !size || !mover) return;
    const key = `${way} ${laid.direction} ${wide} ${high}`;
    const box = lit ? laid.boxes.get(lit) : undefined;
    const was = shown.current;
    shown.current = { key, lit: box ? lit! : was.lit, by: mover };
    if (was.key !== key || was.by !== mover) {
      show(Math.max(readable, fit), box);
    } else if (box && was.lit !== lit) {
      const v = rf.getViewport();
      const [x, y] = [box.x * v.zoom + v.x, box.y * v.zoom + v.y];
      const inside = x >= 0 && y >= 0 && x + Math.min(box.width * v.zoom, 60) <= size.width && y + 20 <= size.height;
      if (!inside) show(Math.max(v.zoom, readable), box, 200);
    }
  }, [lit, laid, size, way, wide, high, fit, show, rf, mover]);

  const onKey = (e: KeyboardEvent) => {
    const at = (e.target as HTMLElement).closest<HTMLElement>(".react-flow__node")?.dataset.id;
    if (!at || !laid) return;
    if (e.key === "Enter" || e.key === " ") {
      const step = graph.nodes.find((n) => n.id === at)?.step;
      if (step) onSelect?.(step);
      e.preventDefault();
      return;
    }
    const forth = e.key === "ArrowRight" || e.key === "ArrowDown";
    if (!forth && e.key !== "ArrowLeft" && e.key !== "ArrowUp") return;
    e.preventDefault();
    const order = graph.nodes.filter((n) => n.role === "step" || n.role === "group").map((n) => n.id);
    const next = order[order.indexOf(at) + (forth ? 1 : -1)];
    if (next) frame.current?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(next)}"]`)?.focus();
  };

  const icons = { auto: <CompressOutlined />, LR: <ColumnWidthOutlined />, TB: <ColumnHeightOutlined />, lanes: <ApartmentOutlined /> };
  return (
    <div className="flow" style={{ height: height ?? 420 }}>
      <div className="flow-tools" role="toolbar" aria-label={t("ways")}>
        {ways.map((w) => (
          <Tooltip key={w} title={t(`way.${w}`)}>
            <Button size="small" type={way === w ? "primary" : "text"} aria-pressed={way === w} aria-label={t(`way.${w}`)} icon={icons[w]} onClick={() => setWay(w)} />
          </Tooltip>
        ))}
        <span className="flow-grow" />
        <Button size="small" type="text" aria-label={t("zoomOut")} icon={<MinusOutlined />} onClick={() => void rf.zoomOut()} />
        <Button size="small" type="text" aria-label={t("zoomIn")} icon={<PlusOutlined />} onClick={() => void rf.zoomIn()} />
        <Button size="small" type="text" onClick={() => show(fit)}>{t("whole")}</Button>
      </div>
      <div ref={frame} className="flow-canvas" onKeyDown={onKey}>
      {laid && (
        <ReactFlow<StepNode | LaneNode, LineEdge>
          aria-label={label}
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          nodesDraggable={false}
          nodesConnectable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          nodesFocusable
          autoPanOnNodeFocus
          minZoom={0.2}
          maxZoom={1.6}
          zoomOnDoubleClick={false}
          deleteKeyCode={null}
          selectionKeyCode={null}
          multiSelectionKeyCode={null}
          ariaLabelConfig={{
            "node.a11yDescription.default": t("keys"),
            "node.a11yDescription.keyboardDisabled": t("keys"),
            "edge.a11yDescription.default": "",
          }}
          onNodeClick={(_, n) => {
            if (n.type !== "lane" && n.data.node.step) onSelect?.(n.data.node.step);
          }}
        />
      )}
        <Legend graph={graph} paint={paint} open={!!legend} />
      </div>
    </div>
  );
}

/** A node in words, for those who listen. */
function said(
  n: FlowNode, edges: FlowEdge[], nodes: FlowNode[], paint: NodePaint | undefined, t: (k: string, v?: Record<string, unknown>) => string, lang: string,
): string {
  const called = (id: string) => inLanguage(nodes.find((x) => x.id === id)?.name, lang);
  const ties = edges.map((e) => {
    if (e.kind === "after") return t("edge.after", { step: called(e.from), output: e.of, context: e.of ? "output" : undefined });
    if (e.kind === "needs") return t("edge.needs", { step: called(e.from), when: inLanguage(e.when, lang), context: e.when ? "when" : undefined });
    return e.kind === "back" && e.from === n.id ? t("edge.back", { step: called(e.to) }) : "";
  });
  const name = inLanguage(n.name, lang);
  const kind = inLanguage(n.kindName, lang);
  const limits = (n.limit?.times ?? []).map((x) => [inLanguage(x.text, lang), inLanguage(x.when, lang)].filter(Boolean).join(" "));
  return [
    name,
    kind === name ? "" : kind,
    n.partyName,
    n.when && t("said.when", { when: inLanguage(n.when, lang) }),
    ...ties,
    n.optional && t("said.optional"),
    limits.length > 0 && t("said.limit", { limit: limits.join("; ") }),
    paint?.word && t("said.state", { state: [paint.word, paint.detail].filter(Boolean).join(" ") }),
    paint?.problem,
  ].filter(Boolean).join(semicolon());
}

function drawn(
  { nodes, edges }: FlowProps["graph"], laid: Laid, paint: FlowProps["paint"], selected: string | undefined,
  t: (k: string, v?: Record<string, unknown>) => string, lang: string,
): (StepNode | LaneNode)[] {
  const lanes = laid.lanes.map((l): LaneNode => ({
    id: `:lane ${l.id}`, type: "lane", position: { x: l.box.x, y: l.box.y }, width: l.box.width, height: l.box.height,
    data: { name: l.name }, zIndex: -2, focusable: false, ariaRole: "presentation",
  }));
  return [
    ...lanes,
    ...nodes.filter((n) => laid.boxes.has(n.id)).map((n): StepNode => {
      const box = laid.boxes.get(n.id)!;
      const step = n.role === "step" || n.role === "group";
      const state = step ? paint?.[n.id] : undefined;
      const framed = n.role === "group" && laid.lanes.length === 0 && nodes.some((c) => c.parent === n.id);
      const words = said(n, edges.filter((e) => e.to === n.id || (e.from === n.id && e.kind === "back")), nodes, state, t, lang);
      return {
        id: n.id,
        type: framed ? "frame" : step ? "step" : "point",
        position: { x: box.x, y: box.y },
        width: box.width,
        height: box.height,
        data: { node: n, paint: state },
        zIndex: framed ? n.depth - 20 : 1,
        focusable: step,
        ariaRole: step ? "button" : "presentation",
        className: selected && n.id === selected ? "flow-lit" : "",
        // Its name is what is written on it; the sentence is its description.
        domAttributes: { title: words, ...(step ? { "aria-pressed": n.id === selected } : {}) },
      };
    }),
  ];
}

function lined(laid: Laid, selected: string | undefined): LineEdge[] {
  return laid.lines.map((line) => {
    const near = !!selected && (line.from === selected || line.to === selected || line.from.startsWith(selected + ":") || line.to.startsWith(selected + ":"));
    const color = near ? "#1d4f91" : line.kind === "back" ? "#8a5300" : "#667085";
    return {
      id: line.id,
      source: line.from,
      target: line.to,
      type: "line",
      className: `flow-${line.kind}${near ? " flow-near" : ""}`,
      data: { line },
      markerEnd: { type: MarkerType.ArrowClosed, color, width: 16, height: 16 },
      focusable: false,
      zIndex: near ? 2 : 0,
    };
  });
}
