import { expect, test } from "vitest";
import { contentOf, readNotice } from "./notice";

test("a calendar file of the product fills the form", async () => {
  const read = await readNotice(`year: 2027
notices:
  - {name: 国务院办公厅关于2027年部分节假日安排的通知, number: 国办发明电〔2026〕9号, issued: 2026-11-20}
days:
  - {off: 2027-01-01..2027-01-03, name: 元旦}
  - {work: 2027-02-07, name: 春节}
`);
  expect(read).toEqual({
    scope: "year", year: 2027, name: "国务院办公厅关于2027年部分节假日安排的通知", number: "国办发明电〔2026〕9号", issued: "2026-11-20",
    days: [{ work: false, from: "2027-01-01", to: "2027-01-03", name: "元旦" }, { work: true, from: "2027-02-07", to: "2027-02-07", name: "春节" }],
  });
});

test("so does a year of holiday-cn", async () => {
  const read = await readNotice('{"year": 2027, "papers": ["https://example.org/n"], "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true}, {"name": "春节", "date": "2027-02-07", "isOffDay": false}]}');
  expect(read).toMatchObject({ year: 2027, days: [{ work: false, from: "2027-01-01" }, { work: true, from: "2027-02-07" }] });
});

test.each([
  ["{", "yaml"],
  ["text", "yaml"],
  ["year: next\ndays: []", "year"],
  ["year: 2027", "days"],
  ["year: 2027\ndays: [{off: soon}]", "days"],
])("%s is no notice: %s", async (text, fault) => {
  expect(await readNotice(text)).toBe(fault);
});

test("the server gets a year, or the days of a region", () => {
  const days = [{ work: false, from: "2027-01-01", to: "", name: " 元旦 " }, { work: true, from: "2027-02-07", to: "2027-02-07", name: "春节" }];
  expect(contentOf({ scope: "year", year: 2027, name: " 通知 ", days })).toEqual({
    reason: "通知", years: [{ year: 2027, notices: [{ name: "通知" }], days: [{ from: "2027-01-01", to: "2027-01-01", name: "元旦" }, { from: "2027-02-07", to: "2027-02-07", name: "春节", work: true }] }],
  });
  expect(contentOf({ scope: "region", region: "210304", name: "停办公告", number: "立政〔2027〕1号", days: [] })).toEqual({
    reason: "停办公告", layers: [{ region: "210304", notice: { name: "停办公告", number: "立政〔2027〕1号" }, days: [] }],
  });
});
