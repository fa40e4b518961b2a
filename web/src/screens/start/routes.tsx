import { Navigate, createRoute } from "@tanstack/react-router";
import { rootRoute } from "../../app/root";
import { caseRoles, has, useAccount } from "../../app/session";

/** Where a day begins, by what somebody is here for. */
function Home() {
  const account = useAccount();
  if (has(account, "clerk")) return <Navigate to="/window" replace />;
  if (has(account, "supervisor")) return <Navigate to="/reports" replace />;
  if (has(account, ...caseRoles)) return <Navigate to="/inbox" replace />;
  if (has(account, "analyst", "publisher")) return <Navigate to="/items" replace />;
  return <Navigate to="/admin" replace />;
}

export const startRoutes = [createRoute({ getParentRoute: () => rootRoute, path: "/", component: Home })] as const;
