import { expect, test } from "vitest";
import { differences } from "./differences";

test("only what differs is told", () => {
  expect(differences({ name: "甲", kind: "hall", revision: 1 }, { name: "乙", kind: "hall", revision: 2, mark: "立" })).toEqual([
    { field: "mark", to: "立" },
    { field: "name", from: "甲", to: "乙" },
  ]);
});

test("what comes or goes as a whole", () => {
  expect(differences(undefined, { roles: [{ org: "a", role: "clerk" }] })).toEqual([{ field: "roles", to: '[{"org":"a","role":"clerk"}]' }]);
  expect(differences({ active: true }, undefined)).toEqual([{ field: "active", from: "true" }]);
});
