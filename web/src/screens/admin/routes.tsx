import { createRoute } from "@tanstack/react-router";
import { rootRoute } from "../../app/root";
import { screen } from "../../app/screen";
import { clean, dayWord, oneOf, word } from "../../parts/search";

export const kinds = ["organisation", "person", "party", "window", "parameter", "letter-template"] as const;

const adminRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/admin",
  component: screen(() => import("./Admin"), "admin"),
});

const startRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/",
  component: screen(() => import("./Start")),
});

export const organisationsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/organisations",
  validateSearch: (s: Record<string, unknown>) => clean({ q: word(s.q), org: word(s.org), closed: s.closed === true ? true : undefined }),
  component: screen(() => import("./Organisations"), "admin"),
});

export const peopleRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/people",
  validateSearch: (s: Record<string, unknown>) =>
    clean({ q: word(s.q), org: word(s.org), role: word(s.role), active: oneOf(s.active, ["true", "false"] as const), person: word(s.person) }),
  component: screen(() => import("./People"), "admin"),
});

export const partiesRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/parties",
  validateSearch: (s: Record<string, unknown>) => clean({ item: word(s.item), party: word(s.party), org: word(s.org), on: dayWord(s.on) }),
  component: screen(() => import("./Parties"), "admin"),
});

export const windowsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/windows",
  validateSearch: (s: Record<string, unknown>) => clean({ hall: word(s.hall), window: word(s.window) }),
  component: screen(() => import("./Windows"), "admin"),
});

export const calendarsRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/calendars",
  component: screen(() => import("./Calendars"), "admin"),
});

export const rulesRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/rules",
  component: screen(() => import("./Rules"), "admin", "supervise"),
});

export const figuresRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/figures",
  component: screen(() => import("./Figures"), "admin", "supervise"),
});

export const letterTemplatesRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/letters",
  component: screen(() => import("./LetterTemplates"), "admin"),
});

export const letterTemplateRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/letters/$kind",
  component: screen(() => import("./LetterTemplate"), "admin", "analyst"),
});

export const changesRoute = createRoute({
  getParentRoute: () => adminRoute,
  path: "/changes",
  validateSearch: (s: Record<string, unknown>) => clean({ kind: oneOf(s.kind, kinds), subject: word(s.subject) }),
  component: screen(() => import("./Changes"), "admin"),
});

/** Whoever takes part in cases names who stands in for him: not an administrator's business alone. */
export const deputiesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/deputies",
  component: screen(() => import("./Deputies"), "admin"),
});

export const adminRoutes = [
  adminRoute.addChildren([startRoute, organisationsRoute, peopleRoute, partiesRoute, windowsRoute, calendarsRoute, letterTemplatesRoute, letterTemplateRoute, rulesRoute, figuresRoute, changesRoute]),
  deputiesRoute,
] as const;
