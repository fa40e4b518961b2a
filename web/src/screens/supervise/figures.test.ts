import { expect, test } from "vitest";
import { overRow, written } from "./figures";

const figure = (kind: "count" | "share" | "average") => ({ id: "x", kind, zh: "", en: "" });
const value = (v?: number) => ({ figure: "x", count: 0, ...(v === undefined ? {} : { value: v }) });

test("figures are written by their kind", () => {
  expect(written(figure("count"), value(12345))).toBe("12,345");
  expect(written(figure("share"), value(100))).toBe("100%");
  expect(written(figure("share"), value(98.55))).toBe("98.5%");
  expect(written(figure("average"), value(2))).toBe("2.0");
});

test("a share of nothing is no number", () => {
  expect(written(figure("share"), value())).toBe("—");
  expect(written(figure("count"), undefined)).toBe("—");
});

test("a row leads to what it was counted over", () => {
  const over = { from: "2026-03-10", until: "2026-12-31", item: "a" };
  expect(overRow(over, "org", "fire")).toEqual({ ...over, org: "fire" });
  expect(overRow(over, "month", "2026-03")).toEqual({ from: "2026-03-10", until: "2026-03-31", item: "a" });
  expect(overRow(over, "org", undefined)).toBe(over);
});
