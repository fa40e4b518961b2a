import { QueryCache, QueryClient } from "@tanstack/react-query";
import { Refused } from "../api/client";

/** What was read, kept while the page is open. Live events make stale what they name (live.ts). */
export const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      // The session has ended elsewhere: ask again who it is, the frame then shows the sign-in.
      if (error instanceof Refused && error.status === 401 && query.queryKey[0] !== "session") {
        queries.setQueryData(["session"], null);
      }
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
