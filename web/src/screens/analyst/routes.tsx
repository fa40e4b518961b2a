import { createRoute } from "@tanstack/react-router";
import { rootRoute } from "../../app/root";
import { screen } from "../../app/screen";

const word = (v: unknown): string | undefined => (typeof v === "string" && v ? v : typeof v === "number" ? String(v) : undefined);
const given = <T extends object>(o: T) => Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined)) as Partial<T>;

export const panes = ["flow", "guide", "tests", "play", "compare", "publish"] as const;
export type Pane = (typeof panes)[number];

export interface EditorSearch {
  pane?: Pane;
  /** Name of the test file shown; left out: the definition. */
  file?: string;
}

export const itemsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/items",
  validateSearch: (s: Record<string, unknown>): { q?: string } => given({ q: word(s.q) }),
  component: screen(() => import("./Catalogue"), "analyst"),
});

export const itemRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/items/$item",
  /** cases: the version whose cases are shown. */
  validateSearch: (s: Record<string, unknown>): { cases?: string } => given({ cases: word(s.cases) }),
  component: screen(() => import("./ItemPage"), "analyst"),
});

/** Whoever has no account reads it, too. */
export const guideRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/guides/$item",
  validateSearch: (s: Record<string, unknown>): { version?: string } => given({ version: word(s.version) }),
  component: screen(() => import("./GuidePage"), "analyst", "track"),
});

export const compareRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/items/$item/compare",
  validateSearch: (s: Record<string, unknown>): { from?: string; to?: string; by?: "text" } =>
    given({ from: word(s.from), to: word(s.to), by: s.by === "text" ? ("text" as const) : undefined }),
  component: screen(() => import("./ComparePage"), "analyst"),
});

export const editorRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/editor/$draft",
  validateSearch: (s: Record<string, unknown>): EditorSearch => given({ pane: panes.find((p) => p === s.pane), file: word(s.file) }),
  component: screen(() => import("./editor/Editor"), "analyst"),
});

export const analystRoutes = [itemsRoute, itemRoute, guideRoute, compareRoute, editorRoute] as const;
