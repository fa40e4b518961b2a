import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { sessionQuery } from "../../app/session";
import { TemporalLink } from "./TemporalLink";

afterEach(cleanup);

function shown(roles: string[], settings: { temporalCases?: string }) {
  const cache = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  cache.setQueryData(sessionQuery.queryKey, { id: "p1", name: "丁浩", org: "data", orgName: "", roles } as never);
  cache.setQueryData(["settings"], settings);
  render(<QueryClientProvider client={cache}><TemporalLink number="2103 1" /></QueryClientProvider>);
  return screen.queryByRole("link")?.getAttribute("href") ?? null;
}

const pages = "https://temporal.example/namespaces/hall/workflows/";

test("an operator finds a case in Temporal", () => {
  expect(shown(["operator", "supervisor"], { temporalCases: pages })).toBe(pages + "2103%201");
});

test("nobody else is offered it", () => {
  expect(shown(["supervisor"], { temporalCases: pages })).toBeNull();
});

test("nor anybody where no such pages are known", () => {
  expect(shown(["operator"], {})).toBeNull();
});
