import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../app/root";
import { clean, dayWord, oneOf, word } from "../../parts/search";

export const kinds = ["organisation", "person", "party", "window", "parameter", "letter-template"] as const;

const adminRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/admin",
  component: lazyRouteComponent(() => import("./Admin")),
});

const startRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./Start")),
});

export const organisationsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/organisations",
  validateSearch: (s: Record<string, unknown>) => clean({ q: word(s.q), org: word(s.org), closed: s.closed === true ? true : undefined }),
  component: lazyRouteComponent(() => import("./Organisations")),
});

export const peopleRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/people",
  validateSearch: (s: Record<string, unknown>) =>
    clean({ q: word(s.q), org: word(s.org), role: word(s.role), active: oneOf(s.active, ["true", "false"] as const), person: word(s.person) }),
  component: lazyRouteComponent(() => import("./People")),
});

export const partiesRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/parties",
  validateSearch: (s: Record<string, unknown>) => clean({ item: word(s.item), party: word(s.party), org: word(s.org), on: dayWord(s.on) }),
  component: lazyRouteComponent(() => import("./Parties")),
});

export const windowsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/windows",
  validateSearch: (s: Record<string, unknown>) => clean({ hall: word(s.hall), window: word(s.window) }),
  component: lazyRouteComponent(() => import("./Windows")),
});

export const calendarsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/calendars",
  component: lazyRouteComponent(() => import("./Calendars")),
});

export const rulesRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/rules",
  component: lazyRouteComponent(() => import("./Rules")),
});

export const figuresRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/figures",
  component: lazyRouteComponent(() => import("./Figures")),
});

export const letterTemplatesRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/letters",
  component: lazyRouteComponent(() => import("./LetterTemplates")),
});

export const letterTemplateRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/letters/$kind",
  component: lazyRouteComponent(() => import("./LetterTemplate")),
});

export const changesRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/changes",
  validateSearch: (s: Record<string, unknown>) => clean({ kind: oneOf(s.kind, kinds), subject: word(s.subject) }),
  component: lazyRouteComponent(() => import("./Changes")),
});

/** Whoever takes part in cases names who stands in for him: not an administrator's business alone. */
export const deputiesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/deputies",
  component: lazyRouteComponent(() => import("./Deputies")),
});

export const adminRoutes = [
  adminRoute.addChildren([startRoute, organisationsRoute, peopleRoute, partiesRoute, windowsRoute, calendarsRoute, letterTemplatesRoute, letterTemplateRoute, rulesRoute, figuresRoute, changesRoute]),
  deputiesRoute,
] as const;
