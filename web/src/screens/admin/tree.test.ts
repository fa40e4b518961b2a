import { expect, test } from "vitest";
import type { Organisation } from "../../api/gen/types.gen";
import { codesBelow, treeOf, withWord } from "./tree";
import type { Branch } from "./tree";

const org = (code: string, parent?: string): Organisation => ({ code, name: "单位" + code, ...(parent ? { parent } : {}) });
const shape = (list: Branch[]): unknown => list.map((b) => (b.below.length ? [b.org.code, shape(b.below)] : b.org.code));

test("organisations stand below the one they name", () => {
  expect(shape(treeOf([org("b", "a"), org("a"), org("c", "b"), org("d", "nowhere")]))).toEqual([["a", [["b", ["c"]]]], "d"]);
});

test("a ring of parents loses nobody", () => {
  const codes = [...codesOf(treeOf([org("a", "b"), org("b", "a"), org("c", "a")]))].sort();
  expect(codes).toEqual(["a", "b", "c"]);
});

function* codesOf(list: Branch[]): Generator<string> {
  for (const b of list) {
    yield b.org.code;
    yield* codesOf(b.below);
  }
}

test("a found organisation keeps what is above it", () => {
  expect(shape(withWord(treeOf([org("a"), org("b", "a"), org("c", "b"), org("d", "a")]), "单位c"))).toEqual([["a", [["b", ["c"]]]]]);
});

test("nothing below an organisation may become its parent", () => {
  expect([...codesBelow(treeOf([org("a"), org("b", "a"), org("c", "b"), org("d", "a")]), "b")]).toEqual(["b", "c"]);
});
