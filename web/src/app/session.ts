// Who is signed in. The token is in a cookie no script can read; the page asks the server who it is.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { answer, Refused } from "../api/client";
import { whoami } from "../api/gen/sdk.gen";
import type { Account } from "../api/gen/types.gen";

export type Role =
  | "clerk" | "handle" | "check" | "approve" | "lead" | "organ-head" | "government-head" | "supervisor"
  | "analyst" | "publisher" | "operator" | "admin";

/** The account of this browser; null: nobody. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<Account | null> => {
    try {
      return await answer(whoami());
    } catch (e) {
      if (e instanceof Refused && e.status === 401) return null;
      throw e;
    }
  },
  staleTime: 5 * 60_000,
});

/** The account signed in. Screens behind the sign-in are drawn only when there is one. */
export function useAccount(): Account {
  const { data } = useQuery(sessionQuery);
  if (!data) throw new Error("drawn without a session");
  return data;
}

export function has(account: Account | null | undefined, ...roles: Role[]): boolean {
  return !!account && roles.some((r) => account.roles.includes(r));
}

/** Roles that take part in cases and so have an inbox. */
export const caseRoles: Role[] = ["clerk", "handle", "check", "approve", "lead", "organ-head", "government-head", "supervisor"];
