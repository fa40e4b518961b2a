import { createRootRoute } from "@tanstack/react-router";
import { Frame } from "./Frame";
import { Broken, NotFound } from "../parts/States";

/** The root of all addresses; areas hang their routes on it (screens/AREA/routes.ts). */
export const rootRoute = createRootRoute({
  component: Frame,
  notFoundComponent: NotFound,
  errorComponent: ({ error, reset }) => <Broken error={error} again={reset} />,
});
