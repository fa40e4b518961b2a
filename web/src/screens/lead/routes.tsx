import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../app/root";
import { clean, oneOf, word } from "../../parts/search";

export const caseStates = ["received", "correcting", "accepted", "decided", "closed"] as const;

export const jointRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/joint",
  validateSearch: (s: Record<string, unknown>) =>
    clean({
      q: word(s.q), status: oneOf(s.status, caseStates), item: word(s.item),
      overdue: s.overdue === true ? true : undefined, closed: s.closed === true ? true : undefined, all: s.all === true ? true : undefined,
    }),
  component: lazyRouteComponent(() => import("./Joint")),
});

export const jointCaseRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/joint/$number",
  validateSearch: (s: Record<string, unknown>) => clean({ tab: word(s.tab), act: word(s.act), step: word(s.step) }),
  component: lazyRouteComponent(() => import("./JointCase")),
});

export const leadRoutes = [jointRoute, jointCaseRoute] as const;
