import { createRoute } from "@tanstack/react-router";
import { rootRoute } from "../../app/root";
import { screen } from "../../app/screen";

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : undefined);

export const trackRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/track",
    validateSearch: (s: Record<string, unknown>): { case?: string } => (text(s.case) ? { case: text(s.case)! } : {}),
    component: screen(() => import("./TrackPage"), "track"),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/letters/check",
    validateSearch: (s: Record<string, unknown>): { case?: string; code?: string } => ({
      ...(text(s.case) ? { case: text(s.case)! } : {}),
      ...(text(s.code) ? { code: text(s.code)! } : {}),
    }),
    component: screen(() => import("./CheckLetter"), "track"),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/grants",
    validateSearch: (s: Record<string, unknown>): { item?: string; number?: string } => ({
      ...(text(s.item) ? { item: text(s.item)! } : {}),
      ...(text(s.number) ? { number: text(s.number)! } : {}),
    }),
    component: screen(() => import("./Grants"), "track"),
  }),
] as const;
