// The inbox as a query: a page at a time, by key, never by offset.
import { infiniteQueryOptions } from "@tanstack/react-query";
import { answer } from "../../api/client";
import { listTasks } from "../../api/gen/sdk.gen";
import type { Task } from "../../api/gen/types.gen";
import type { InboxFilter } from "./routes";

export const pageSize = 50;

export function inboxQuery(f: InboxFilter) {
  return infiniteQueryOptions({
    queryKey: ["tasks", "inbox", f],
    queryFn: ({ pageParam }) =>
      answer(listTasks({ query: { ...f, limit: pageSize, ...(pageParam ? { cursor: pageParam } : {}) } })),
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
    // A light turns when its hour comes, which no event tells.
    refetchInterval: 60_000,
  });
}

/** The task after one in a list; the first when it is not in it, as after its completion. */
export function nextTask(list: Task[], number: string, task: string): Task | undefined {
  const at = list.findIndex((t) => t.number === number && t.id === task);
  const open = list.filter((t) => t.status === "open" && !(t.number === number && t.id === task));
  if (at < 0) return open[0];
  return list.slice(at + 1).find((t) => open.includes(t)) ?? open[0];
}
