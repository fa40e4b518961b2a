import { expect, test } from "vitest";
import type { ActOption, Task } from "../../api/gen/types.gen";
import { deal, givable, receivers } from "./distribute";

const task = (id: string) => ({ number: "N", id }) as Task;
const acts = (...accounts: string[]): ActOption[] => [
  { act: "assign", name: { zh: "指派", en: "Assign" }, allowed: true, fields: [{ field: "account", label: { zh: "同事", en: "Colleague" }, kind: "account", choices: accounts.map((id) => ({ id, name: { zh: id, en: id } })) }] } as ActOption,
];

test("tasks are dealt out evenly among those picked, each to one who may have it", () => {
  const list = [givable(task("1"), acts("a", "b")), givable(task("2"), acts("a", "b")), givable(task("3"), acts("a"))];
  expect(receivers(list)).toEqual([{ account: "a", name: "a", count: 3 }, { account: "b", name: "b", count: 2 }]);
  const { given, left } = deal(list, ["a", "b"]);
  expect(left).toEqual([]);
  expect(given.map((g) => g.task.id)).toEqual(["1", "2", "3"]);
  expect(given[2]!.account).toBe("a");
  expect(given.filter((g) => g.account === "b").length).toBeGreaterThanOrEqual(1);
});

test("what none of those picked may have is left, and the engine's reason kept", () => {
  const refused = givable(task("2"), [{ act: "assign", name: { zh: "", en: "" }, allowed: false, refusal: { code: "not-allowed", zh: "不由您安排", en: "not yours" }, fields: [] }]);
  const { given, left } = deal([givable(task("1"), acts("a")), refused], ["b"]);
  expect(given).toEqual([]);
  expect(left.map((x) => x.id)).toEqual(["1", "2"]);
  expect(refused.refusal?.zh).toBe("不由您安排");
  expect(deal([givable(task("1"), acts("a"))], []).left).toHaveLength(1);
});
