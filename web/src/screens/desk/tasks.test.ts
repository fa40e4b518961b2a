import { expect, test } from "vitest";
import type { Task } from "../../api/gen/types.gen";
import { inboxFilter } from "./routes";
import { nextTask } from "./tasks";

const task = (number: string, id: string, status: Task["status"] = "open") => ({ number, id, status }) as Task;

test("the next task is the one after it, then the first, never itself", () => {
  const list = [task("1", "a"), task("2", "b"), task("3", "c", "done")];
  expect(nextTask(list, "1", "a")?.number).toBe("2");
  expect(nextTask(list, "2", "b")?.number).toBe("1");
  expect(nextTask(list, "9", "z")?.number).toBe("1");
  expect(nextTask([task("1", "a")], "1", "a")).toBeUndefined();
});

test("an address somebody has edited gives a filter all the same", () => {
  expect(inboxFilter({ state: "mine", light: "purple", item: 7, extra: "x", q: "" })).toEqual({ state: "mine", item: "7" });
});
