import { QueryClientProvider, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { cleanup, configure, renderHook, waitFor } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { Refused } from "../api/client";
import { queries } from "./queries";

configure({ asyncUtilTimeout: 20_000 });
afterEach(() => (cleanup(), queries.clear()));

const answered = (status: number) => new Refused({ type: "/problems/x", title: "x", status, code: "x", zh: "不行", en: "no" }, status);
const wrapper = ({ children }: { children: React.ReactNode }) => <QueryClientProvider client={queries}>{children}</QueryClientProvider>;

/** A screen that read something once, and reads it again in vain; told are the faults it was ever drawn with. */
async function readAgain(fault: Error) {
  let reads = 0;
  const told: Error[] = [];
  const { result } = renderHook(() => {
    const q = useQuery({ queryKey: ["case", fault.message, fault], queryFn: () => { if (reads++) throw fault; return "papers"; }, retry: false });
    if (q.error) told.push(q.error);
    return { data: q.data, stale: q.isStale, quiet: q.fetchStatus === "idle", refetch: q.refetch };
  }, { wrapper });
  await waitFor(() => expect(result.current.data).toBe("papers"));
  await result.current.refetch();
  await waitFor(() => expect(result.current).toMatchObject({ data: "papers", stale: true, quiet: true }));
  expect(reads).toBe(2);
  return told;
}

test("what is on screen stays there while the server is silent, to be read again", async () => {
  for (const fault of [answered(0), answered(503), new TypeError("failed to fetch")]) expect(await readAgain(fault)).toEqual([]);
});

test("a refusal is told, though there was something to show before", async () => {
  const gone = answered(403);
  expect(await readAgain(gone)).toContain(gone);
});

test("more of a list that does not come is told to whoever asked for it", async () => {
  let pages = 0;
  const { result } = renderHook(() => {
    const q = useInfiniteQuery({ queryKey: ["cards"], queryFn: () => { if (pages++) throw answered(503); return ["a"]; }, initialPageParam: "", getNextPageParam: () => "2", retry: false });
    return { pages: q.data?.pages, told: q.isFetchNextPageError, more: q.fetchNextPage };
  }, { wrapper });
  await waitFor(() => expect(result.current.pages).toEqual([["a"]]));
  await result.current.more();
  await waitFor(() => expect(result.current.told).toBe(true));
  expect(result.current.pages).toEqual([["a"]]);
});
