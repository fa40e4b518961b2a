import { createRoute } from "@tanstack/react-router";
import { rootRoute } from "../../app/root";
import { screen } from "../../app/screen";
import { clean, dayWord, oneOf, positive, word } from "../../parts/search";

export const divisions = ["org", "item", "month"] as const;
export const cardStates = ["raised", "explained", "confirmed", "appealed", "upheld", "lifted"] as const;

const period = (s: Record<string, unknown>) => ({ from: dayWord(s.from), until: dayWord(s.until), org: word(s.org), item: word(s.item) });

export const reportsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/reports",
  validateSearch: (s: Record<string, unknown>) => clean({ ...period(s), by: oneOf(s.by, divisions), show: word(s.show), on: dayWord(s.on), ageBy: oneOf(s.ageBy, ["org", "item"] as const) }),
  component: screen(() => import("./Reports"), "supervise"),
});

export const linesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/reports/$figure",
  validateSearch: (s: Record<string, unknown>) => clean(period(s)),
  component: screen(() => import("./Lines"), "supervise"),
});

export const ageingLinesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/reports/ageing",
  validateSearch: (s: Record<string, unknown>) => clean({ org: word(s.org), item: word(s.item), on: dayWord(s.on), band: word(s.band) }),
  component: screen(() => import("./AgeingLines"), "supervise"),
});

export const cardsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/cards",
  validateSearch: (s: Record<string, unknown>) =>
    clean({ ...period(s), status: oneOf(s.status, cardStates), level: positive(s.level), rule: word(s.rule), number: word(s.number), card: positive(s.card) }),
  component: screen(() => import("./Cards"), "supervise"),
});

export const extensionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/extensions",
  validateSearch: (s: Record<string, unknown>) => clean({ overdue: s.overdue === true ? true : undefined, number: word(s.number) }),
  component: screen(() => import("./Extensions"), "supervise"),
});

export const superviseRoutes = [reportsRoute, ageingLinesRoute, linesRoute, cardsRoute, extensionsRoute] as const;
