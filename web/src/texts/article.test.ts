import { describe, expect, test } from "vitest";
import i18next, { speak } from "./index";
import { article } from "./article";
import { law, laws } from "./law";
import { aside, colon } from "./marks";

describe("articles", () => {
  test.each([["7", "第七条"], ["10", "第十条"], ["12", "第十二条"], ["20", "第二十条"], ["32", "第三十二条"], ["100", "第一百条"], ["105", "第一百零五条"], ["115", "第一百一十五条"], ["230", "第二百三十条"], ["69(1)(4)", "第六十九条第一款第四项"], ["69(2)", "第六十九条第二款"],
    ["第五十八条、第七十五条", "第五十八条、第七十五条"], ["", ""], [undefined, ""]])("%s", (given, zh) => expect(article(given, "zh-CN")).toBe(zh));
  test("in English", () => expect(article("32", "en")).toBe("art. 32"));
  test("texts write them so", () => expect(i18next.t("refusal.law", { law: "中华人民共和国行政许可法", article: "32" })).toBe("（依据《中华人民共和国行政许可法》第三十二条）"));
});

describe("laws", () => {
  test.each([["zh-CN", "中华人民共和国行政许可法", "中华人民共和国行政许可法"], ["en", "中华人民共和国行政许可法", "Administrative Licensing Law"], ["en", "食品安全法", "Food Safety Law"],
    ["en", "某省物业管理条例", "某省物业管理条例"], ["en", undefined, ""]])("%s %s", (language, given, name) => expect(law(given, language)).toBe(name));
  test("lists of them", async () => {
    const list = [{ law: "中华人民共和国行政许可法", article: "32" }, { law: "食品安全法第三十三条" }];
    expect(laws(list)).toBe("《中华人民共和国行政许可法》第三十二条；《食品安全法》第三十三条");
    expect(laws([{ law: "指导意见（国办发〔2020〕42号）" }])).toBe("《指导意见》（国办发〔2020〕42号）");
    await speak("en");
    expect(laws(list)).toBe("Administrative Licensing Law, art. 32; 食品安全法第三十三条");
    expect([colon(), aside("x"), aside(undefined)]).toEqual([": ", " (x)", ""]);
    await speak("zh-CN");
  });
});
