import { expect, test } from "vitest";
import { versionIn } from "./letters";

test.each([
  ['letter: receipt\nversion: "2026.1"\n', "2026.1"],
  ["version: '甲'", "甲"],
  ["version: a-2 # second", "a-2"],
  ["letter: receipt\n  version: inner\n", undefined],
])("the version of %j is %s", (source, version) => {
  expect(versionIn(source)).toBe(version);
});
