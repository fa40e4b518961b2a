import { lazyRouteComponent } from "@tanstack/react-router";
import { words, type Area } from "../texts";

/** A screen that is fetched when it is first gone to, with the areas of words no other screen needs. */
export function screen<T extends Record<string, unknown>>(load: () => Promise<T>, ...areas: Area[]) {
  return lazyRouteComponent(async () => (await Promise.all([load(), words(...areas)]))[0]);
}
