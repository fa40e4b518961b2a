import { QueryCache, QueryClient } from "@tanstack/react-query";
import type { Query } from "@tanstack/react-query";
import { Refused } from "../api/client";

/** The server was silent or failed while something shown was read again: it stays on screen, with whatever somebody is writing in it, until
 * it can be read. A refusal is news, and so is more of a list that did not come to whoever asked for it. */
function onlyStale(error: Error, query: Query<unknown, unknown, unknown>): boolean {
  const refusal = error instanceof Refused && error.status > 0 && error.status < 500;
  return query.state.data !== undefined && !refusal && !query.state.fetchMeta?.fetchMore;
}

/** What was read, kept while the page is open. Live events make stale what they name (live.ts). */
export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      // The session has ended elsewhere: ask again who it is, the frame then shows the sign-in.
      if (error instanceof Refused && error.status === 401 && query.queryKey[0] !== "session") {
        queries.setQueryData(["session"], null);
      }
      if (onlyStale(error, query)) query.setState({ status: "success", error: null, isInvalidated: true });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A refusal will be the same again; only silence is worth another try.
      retry: (count, error) => count < 2 && !(error instanceof Refused && error.status > 0 && error.status < 500),
      refetchOnWindowFocus: true,
    },
  },
});
