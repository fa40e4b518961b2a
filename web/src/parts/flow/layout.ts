// Where the nodes of a process stand. dagre ranks and orders them; edges it would be wrong or noisy
// to draw are told here, so that layout and picture agree.
import dagre from "@dagrejs/dagre";
import type { Direction, FlowEdge, FlowGraph, FlowNode } from "./types";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Line extends FlowEdge {
  id: string;
  points: { x: number; y: number }[];
  /** Of the step it leads to: said on the edge. */
  label?: { zh: string; en: string };
  at?: { x: number; y: number };
}

export interface Laid {
  direction: Direction;
  boxes: Map<string, Box>;
  lines: Line[];
  /** One per party, in the layout by lanes. */
  lanes: { id: string; name: string; box: Box }[];
  width: number;
  height: number;
}

export const nodeWidth = 168;
export const labelSize = { width: 112, height: 30 };
const textWidth = nodeWidth - 44;

/** Chinese letters are as wide as the type is high, others about half of it. */
export function lines(text: string, width: number, size: number): number {
  let used = 0;
  for (const c of text) used += c.charCodeAt(0) > 0x2e7f ? size : size * 0.56;
  return Math.max(1, Math.min(2, Math.ceil(used / width)));
}

export function sizeOf(n: FlowNode, painted: boolean): { width: number; height: number } {
  switch (n.role) {
    case "start":
    case "end":
      return { width: 52, height: 30 };
    case "fork":
    case "join":
      return { width: 18, height: 18 };
    default: {
      const long = n.name.en.length > n.name.zh.length ? n.name.en : n.name.zh;
      return { width: nodeWidth, height: 14 + 18 * lines(long, textWidth, 13) + 17 + (painted ? 19 : 0) };
    }
  }
}

/**
 * The edges worth drawing. Who waits for a sibling follows it: the fork need not lead there as well,
 * nor the sibling to the join. Everything else is drawn as it is.
 */
export function visible(graph: FlowGraph): FlowEdge[] {
  const after = graph.edges.filter((e) => e.kind === "after");
  const waits = new Set(after.map((e) => e.to));
  const awaited = new Set(after.map((e) => e.from));
  const roles = new Map(graph.nodes.map((n) => [n.id, n.role]));
  return graph.edges.filter(
    (e) =>
      e.kind !== "then" ||
      !((roles.get(e.from) === "fork" && waits.has(e.to)) || (roles.get(e.to) === "join" && awaited.has(e.from))),
  );
}

/** The condition of a step stands on the first edge that leads to it. */
export function labelled(graph: FlowGraph): Line[] {
  const when = new Map(graph.nodes.filter((n) => n.when && n.role === "step").map((n) => [n.id, n.when!]));
  return visible(graph).map((e) => {
    const line: Line = { ...e, id: `${e.from} ${e.kind} ${e.to}`, points: [] };
    if (e.kind === "then" || e.kind === "after") {
      const label = when.get(e.to);
      if (label) {
        line.label = label;
        when.delete(e.to);
      }
    }
    return line;
  });
}

export function layout(graph: FlowGraph, direction: Direction, painted: (step: string) => boolean): Laid {
  const g = new dagre.graphlib.Graph({ compound: true, multigraph: true });
  g.setGraph({ rankdir: direction, nodesep: 16, ranksep: direction === "LR" ? 30 : 34, edgesep: 8, marginx: 8, marginy: 8 });
  g.setDefaultEdgeLabel(() => ({}));
  const known = new Set(graph.nodes.map((n) => n.id));
  const groups = new Set(graph.nodes.filter((n) => n.role === "group" && graph.nodes.some((c) => c.parent === n.id)).map((n) => n.id));
  for (const n of graph.nodes) {
    g.setNode(n.id, groups.has(n.id) ? {} : sizeOf(n, painted(n.step ?? n.id)));
    if (n.parent && groups.has(n.parent)) g.setParent(n.id, n.parent);
  }
  const all = labelled(graph).filter((e) => known.has(e.from) && known.has(e.to) && e.from !== e.to);
  for (const e of all) {
    // What leads back, or into a frame, has no place in the order.
    if (e.kind === "back" || groups.has(e.from) || groups.has(e.to)) continue;
    g.setEdge(e.from, e.to, e.label ? { ...labelSize, labelpos: "c", weight: 2 } : { weight: e.kind === "needs" ? 0.5 : 2 }, e.id);
  }
  dagre.layout(g);
  const boxes = new Map<string, Box>();
  for (const id of g.nodes()) {
    const n = g.node(id);
    boxes.set(id, { x: n.x - n.width / 2, y: n.y - n.height / 2, width: n.width, height: n.height });
  }
  frames(graph, groups, boxes);
  for (const e of all) {
    const laid = g.edge({ v: e.from, w: e.to, name: e.id });
    if (!laid) continue;
    e.points = laid.points;
    if (e.label) e.at = { x: laid.x, y: laid.y };
  }
  return finish(graph, direction, boxes, all, []);
}

/** Frames are drawn close around what is in them, with room for a heading. */
function frames(graph: FlowGraph, groups: Set<string>, boxes: Map<string, Box>): void {
  const inner = graph.nodes.filter((n) => groups.has(n.id)).sort((a, b) => b.depth - a.depth);
  for (const n of inner) {
    const members = graph.nodes.filter((c) => c.parent === n.id).map((c) => boxes.get(c.id)!);
    boxes.set(n.id, around(members, 12, 30));
  }
}

function around(members: Box[], pad: number, head: number): Box {
  const x = Math.min(...members.map((b) => b.x)) - pad;
  const y = Math.min(...members.map((b) => b.y)) - head;
  return {
    x, y,
    width: Math.max(...members.map((b) => b.x + b.width)) + pad - x,
    height: Math.max(...members.map((b) => b.y + b.height)) + pad - y,
  };
}

/** Ways back run below (or beside) everything, each in a track of its own. */
function finish(graph: FlowGraph, direction: Direction, boxes: Map<string, Box>, all: Line[], lanes: Laid["lanes"]): Laid {
  const every = [...boxes.values(), ...lanes.map((l) => l.box)];
  if (every.length === 0) return { direction, boxes, lines: [], lanes, width: 0, height: 0 };
  const whole = around(every, 0, 0);
  let track = (direction === "LR" ? whole.y + whole.height : whole.x + whole.width) + 14;
  for (const e of all) {
    if (e.points.length > 0) continue;
    const from = boxes.get(e.from)!;
    const to = boxes.get(e.to)!;
    if (direction === "LR") {
      const [a, b] = [from.x + from.width / 2, to.x + to.width / 2];
      e.points = [{ x: a, y: from.y + from.height }, { x: a, y: track }, { x: b, y: track }, { x: b, y: to.y + to.height }];
    } else {
      const [a, b] = [from.y + from.height / 2, to.y + to.height / 2];
      e.points = [{ x: from.x + from.width, y: a }, { x: track, y: a }, { x: track, y: b }, { x: to.x + to.width, y: b }];
    }
    track += 10;
  }
  const right = Math.max(whole.x + whole.width, direction === "TB" ? track : 0);
  const below = Math.max(whole.y + whole.height, direction === "LR" ? track : 0);
  const order = new Map(graph.nodes.map((n, i) => [n.id, i]));
  all.sort((a, b) => order.get(a.from)! - order.get(b.from)!);
  return { direction, boxes, lines: all, lanes, width: right - Math.min(0, whole.x), height: below - Math.min(0, whole.y) };
}

const laneHead = 110;

/**
 * One lane per party, from left to right by the same ranks: who works when. Frames cannot be drawn over
 * lanes; forks and joins stand in a lane of their own, with start and end.
 */
export function layoutLanes(graph: FlowGraph, painted: (step: string) => boolean): Laid {
  const flat: FlowGraph = {
    nodes: graph.nodes.filter((n) => n.role !== "group" || !graph.nodes.some((c) => c.parent === n.id)).map((n) => ({ ...n, parent: undefined as never })),
    edges: graph.edges,
  };
  const ranked = layout(flat, "LR", painted);
  const names = new Map<string, string>([["", ""]]);
  for (const n of flat.nodes) if (n.party && !names.has(n.party)) names.set(n.party, n.partyName ?? n.party);
  const boxes = new Map<string, Box>();
  const lanes: Laid["lanes"] = [];
  let top = 8;
  for (const [id, name] of names) {
    const members = flat.nodes.filter((n) => (n.party ?? "") === id);
    // Who would overlap stands below.
    const placed: Box[] = [];
    for (const n of members.sort((a, b) => ranked.boxes.get(a.id)!.x - ranked.boxes.get(b.id)!.x)) {
      const box = { ...ranked.boxes.get(n.id)!, y: top + 8 };
      box.x += laneHead;
      for (let clash; (clash = placed.find((p) => p.x < box.x + box.width + 6 && box.x < p.x + p.width + 6 && p.y < box.y + box.height + 6 && box.y < p.y + p.height + 6)); ) {
        box.y = clash.y + clash.height + 8;
      }
      placed.push(box);
      boxes.set(n.id, box);
    }
    const height = Math.max(40, ...placed.map((b) => b.y + b.height - top)) + 8;
    lanes.push({ id, name, box: { x: 0, y: top, width: ranked.width + laneHead, height } });
    top += height;
  }
  const all = labelled(flat).filter((e) => boxes.has(e.from) && boxes.has(e.to) && e.from !== e.to);
  for (const e of all) {
    if (e.kind === "back") continue;
    const from = boxes.get(e.from)!;
    const to = boxes.get(e.to)!;
    const a = { x: from.x + from.width, y: from.y + from.height / 2 };
    const b = { x: to.x, y: to.y + to.height / 2 };
    const bend = Math.max(a.x + 8, b.x - 14);
    e.points = [a, { x: bend, y: a.y }, { x: bend, y: b.y }, b];
    if (e.label) e.at = { x: b.x - labelSize.width / 2 - 18, y: b.y };
  }
  return finish(flat, "LR", boxes, all, lanes);
}

/** The direction in which more of it can be read in a place of this size. */
export function better(graph: FlowGraph, width: number, height: number, painted: (step: string) => boolean): Laid {
  const across = layout(graph, "LR", painted);
  const down = layout(graph, "TB", painted);
  const zoom = (l: Laid) => Math.min(1, width / (l.width + 24), height / (l.height + 24));
  return zoom(down) > zoom(across) ? down : across;
}

/** A line through points with round corners. */
export function path(points: { x: number; y: number }[], radius = 8): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let d = `M${first.x},${first.y}`;
  rest.forEach((p, i) => {
    const next = rest[i + 1];
    if (!next) {
      d += `L${p.x},${p.y}`;
      return;
    }
    const before = i === 0 ? first : rest[i - 1]!;
    const a = towards(p, before, radius);
    const b = towards(p, next, radius);
    d += `L${a.x},${a.y}Q${p.x},${p.y} ${b.x},${b.y}`;
  });
  return d;
}

function towards(from: { x: number; y: number }, to: { x: number; y: number }, by: number) {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const share = length === 0 ? 0 : Math.min(by, length / 2) / length;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}
