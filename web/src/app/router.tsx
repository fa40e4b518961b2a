// All addresses of the console. Each area names its own; its screens are loaded when first opened.
import { createRouter } from "@tanstack/react-router";
import { rootRoute } from "./root";
import { Loading } from "../parts/States";
import { adminRoutes } from "../screens/admin/routes";
import { analystRoutes } from "../screens/analyst/routes";
import { caseRoutes } from "../screens/case/routes";
import { deskRoutes } from "../screens/desk/routes";
import { startRoutes } from "../screens/start/routes";
import { leadRoutes } from "../screens/lead/routes";
import { superviseRoutes } from "../screens/supervise/routes";
import { trackRoutes } from "../screens/track/routes";
import { windowRoutes } from "../screens/window/routes";

const routeTree = rootRoute.addChildren([
  ...startRoutes,
  ...adminRoutes,
  ...analystRoutes,
  ...caseRoutes,
  ...deskRoutes,
  ...leadRoutes,
  ...superviseRoutes,
  ...trackRoutes,
  ...windowRoutes,
]);

export const router = createRouter({
  routeTree,
  defaultPendingComponent: Loading,
  defaultPreload: "intent",
  // TanStack Query keeps what was read.
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
