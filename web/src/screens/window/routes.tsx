import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../app/root";

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

export const windowRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/window",
    validateSearch: (s: Record<string, unknown>): { q?: string; status?: string; kind?: string } => ({
      ...(text(s.q) ? { q: text(s.q)! } : {}),
      ...(text(s.status) ? { status: text(s.status)! } : {}),
      ...(text(s.kind) ? { kind: text(s.kind)! } : {}),
    }),
    component: lazyRouteComponent(() => import("./WindowHome")),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/window/$item",
    validateSearch: (s: Record<string, unknown>): { draft?: string } => (/^[0-9a-f]{12}$/.test(text(s.draft) ?? "") ? { draft: text(s.draft)! } : {}),
    component: lazyRouteComponent(() => import("./FilingPage")),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/window/cases/$number",
    component: lazyRouteComponent(() => import("./CounterCase")),
  }),
] as const;
