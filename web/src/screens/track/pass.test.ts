import { beforeEach, describe, expect, it } from "vitest";
import { cleanCode, keepPass, keptPass } from "./pass";

describe("the code of a receipt", () => {
  it("is taken as it is read aloud or printed", () => {
    expect(cleanCode(" wll7 uqpj—5gz5 ")).toBe("WLL7-UQPJ-5GZ5");
    expect(cleanCode("WLL7UQPJ5GZ5")).toBe("WLL7-UQPJ-5GZ5");
    expect(cleanCode("")).toBe("");
  });
});

describe("the pass", () => {
  beforeEach(() => sessionStorage.clear());
  it("is kept in this tab alone", () => {
    keepPass({ number: "N", code: "C" });
    expect(keptPass()).toEqual({ number: "N", code: "C" });
    expect(localStorage.length).toBe(0);
    keepPass(undefined);
    expect(keptPass()).toBeUndefined();
  });
  it("forgets what cannot be read", () => {
    sessionStorage.setItem("lianban.track", "{");
    expect(keptPass()).toBeUndefined();
  });
});
