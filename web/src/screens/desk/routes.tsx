import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { queries } from "../../app/queries";
import { rootRoute } from "../../app/root";
import type { LightName } from "../../parts/Light";
import { inboxQuery } from "./tasks";

export interface InboxFilter {
  state?: "open" | "mine" | "free" | "done";
  light?: LightName;
  item?: string;
  role?: string;
  q?: string;
  sort?: (typeof sorts)[number];
}

const states = ["open", "mine", "free", "done"] as const;
const lights = ["green", "yellow", "red", "grey"] as const;
export const sorts = ["due", "received", "newest", "number"] as const;

const oneOf = <T extends string>(list: readonly T[], v: unknown): T | undefined => list.find((x) => x === v);
const word = (v: unknown): string | undefined => (typeof v === "string" && v ? v : typeof v === "number" ? String(v) : undefined);

export function inboxFilter(s: Record<string, unknown>): InboxFilter {
  const f: Record<string, unknown> = {
    state: oneOf(states, s.state), light: oneOf(lights, s.light), item: word(s.item), role: word(s.role), q: word(s.q), sort: oneOf(sorts, s.sort),
  };
  return Object.fromEntries(Object.entries(f).filter(([, v]) => v !== undefined)) as InboxFilter;
}

export const inboxRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/inbox",
  validateSearch: inboxFilter,
  // Its rows are asked for while its code is loaded and drawn; nobody waits for them here.
  loaderDeps: ({ search }) => search,
  loader: ({ deps }) => {
    if (queries.getQueryData(["session"])) void queries.prefetchInfiniteQuery(inboxQuery(deps));
  },
  component: lazyRouteComponent(() => import("./Inbox")),
});

/** The task page keeps the inbox's filter, so that the next task is the next of the same list. */
export const taskRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/tasks/$number/$task",
  validateSearch: (s: Record<string, unknown>): InboxFilter & { act?: string; tab?: string } => {
    const act = word(s.act), tab = word(s.tab);
    return { ...inboxFilter(s), ...(act ? { act } : {}), ...(tab ? { tab } : {}) };
  },
  component: lazyRouteComponent(() => import("./TaskPage")),
});

export const deskRoutes = [inboxRoute, taskRoute] as const;
