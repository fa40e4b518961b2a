import { expect, it } from "vitest";
import { shortNumber } from "./CaseNumber";

it("shows of a long number what tells cases apart", () => {
  expect(shortNumber("11210300MB0X12345A4000131001000202611260002")).toBe("20261126-0002");
  expect(shortNumber("11210300MB0X12345A40001310010002026112610002")).toBe("20261126-10002");
  expect(shortNumber("N1")).toBe("N1");
});
