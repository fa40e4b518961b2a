import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../app/root";

export interface CaseFilter {
  q?: string;
  status?: string;
  item?: string;
  overdue?: boolean;
}

const word = (v: unknown): string | undefined => (typeof v === "string" && v ? v : typeof v === "number" ? String(v) : undefined);

export const casesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/cases",
  validateSearch: (s: Record<string, unknown>): CaseFilter =>
    Object.fromEntries(Object.entries({ q: word(s.q), status: word(s.status), item: word(s.item), overdue: s.overdue === true ? true : undefined }).filter(([, v]) => v !== undefined)) as CaseFilter,
  component: lazyRouteComponent(() => import("./Cases")),
});

export const caseRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/cases/$number",
  validateSearch: (s: Record<string, unknown>): { tab?: string; act?: string } => {
    const tab = word(s.tab), act = word(s.act);
    return { ...(tab ? { tab } : {}), ...(act ? { act } : {}) };
  },
  component: lazyRouteComponent(() => import("./CasePage")),
});

export const caseRoutes = [casesRoute, caseRoute] as const;
