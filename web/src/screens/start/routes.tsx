import { createRoute } from "@tanstack/react-router";
import type { Account } from "../../api/gen/types.gen";
import { rootRoute } from "../../app/root";
import { caseRoles, has, useAccount } from "../../app/session";
import { GoOn } from "../../parts/GoOn";

/** Where a day begins, by what somebody is here for. */
function start(account: Account): string {
  if (has(account, "clerk")) return "/window";
  if (has(account, "supervisor")) return "/reports";
  if (has(account, ...caseRoles)) return "/inbox";
  if (has(account, "analyst", "publisher")) return "/items";
  return "/admin";
}

const Home = () => <GoOn from="/" to={start(useAccount())} />;

export const startRoutes = [createRoute({ getParentRoute: () => rootRoute, path: "/", component: Home })] as const;
