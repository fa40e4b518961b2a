import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { better, labelled, layout, layoutLanes, path, visible } from "./layout";
import type { Box } from "./layout";
import type { FlowGraph } from "./types";

const golden = resolve(import.meta.dirname, "../../../../engine/definition/testdata/golden/restaurant.flow.json");
const restaurant = JSON.parse(readFileSync(golden, "utf8")) as FlowGraph;
const tall = () => true;

const apart = (a: Box, b: Box) => a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
const inside = (a: Box, b: Box) => a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;

describe.each(["LR", "TB"] as const)("the restaurant laid out %s", (direction) => {
  const laid = layout(restaurant, direction, tall);
  test("every node has a place, and none covers another", () => {
    const plain = restaurant.nodes.filter((n) => n.role !== "group");
    for (const a of plain) {
      for (const b of plain) {
        if (a !== b) expect(apart(laid.boxes.get(a.id)!, laid.boxes.get(b.id)!), `${a.id} ${b.id}`).toBe(true);
      }
    }
  });
  test("what is in a block is within its frame", () => {
    for (const n of restaurant.nodes.filter((x) => x.parent)) {
      expect(inside(laid.boxes.get(n.id)!, laid.boxes.get(n.parent!)!), n.id).toBe(true);
    }
  });
  test("who waits stands behind whom it waits for", () => {
    const along = (id: string) => (direction === "LR" ? laid.boxes.get(id)!.x : laid.boxes.get(id)!.y);
    for (const e of restaurant.edges.filter((x) => x.kind === "then" || x.kind === "after")) {
      expect(along(e.to), `${e.from} ${e.to}`).toBeGreaterThan(along(e.from));
    }
  });
  test("every edge drawn has a way", () => {
    for (const e of laid.lines) expect(e.points.length, e.id).toBeGreaterThan(1);
  });
});

test("a branch that waits is not drawn from the fork as well, and its condition stands on the edge that is left", () => {
  const edges = visible(restaurant).map((e) => `${e.from} ${e.kind} ${e.to}`);
  expect(edges).not.toContain("review:fork then fireCheck");
  expect(edges).not.toContain("registration then review:join");
  expect(edges).toContain("registration after fireCheck");
  const said = labelled(restaurant).filter((e) => e.label).map((e) => e.to).sort();
  expect(said).toEqual(["drain", "fireCheck", "fumeSiting", "registration", "signboard", "tobaccoRetail"]);
});

test("lanes hold what belongs to their party, without covering", () => {
  const laid = layoutLanes(restaurant, tall);
  for (const n of restaurant.nodes.filter((x) => x.role === "step")) {
    expect(inside(laid.boxes.get(n.id)!, laid.lanes.find((l) => l.id === (n.party ?? ""))!.box), n.id).toBe(true);
  }
  expect(laid.lanes.map((l) => l.id)).toContain("fire");
});

test("a text half written is drawn as far as it goes", () => {
  const name = { zh: "甲", en: "A" };
  const graph: FlowGraph = {
    nodes: [
      { id: ":start", role: "start", name, depth: 0 },
      { id: "a", role: "step", step: "a", kind: "review", name, depth: 1 },
      { id: "b", role: "group", step: "b", kind: "parallel", name, depth: 1 },
    ],
    edges: [
      { from: ":start", to: "a", kind: "then" },
      { from: "a", to: "a", kind: "back" },
      { from: "a", to: "nowhere", kind: "needs" },
      { from: "a", to: "b", kind: "back" },
    ],
  };
  const laid = better(graph, 600, 400, () => false);
  expect([...laid.boxes.keys()].sort()).toEqual([":start", "a", "b"]);
  expect(laid.lines.map((l) => l.id)).toEqual([":start then a", "a back b"]);
  expect(layout({ nodes: [], edges: [] }, "TB", tall).lines).toEqual([]);
});

test("a path turns with round corners", () => {
  expect(path([{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 100, y: 100 }])).toBe("M0,0L92,0Q100,0 100,8L100,100");
  expect(path([])).toBe("");
});
