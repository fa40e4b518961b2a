// The name of a law as sentences write it: in English by the name it is published under there, where it has one we
// know; a law or rule without one keeps its Chinese name, which alone is official.
import i18next from "i18next";
import { article } from "./article";
import { comma, semicolon } from "./marks";

const english: Record<string, string> = {
  中华人民共和国行政许可法: "Administrative Licensing Law",
  中华人民共和国食品安全法: "Food Safety Law",
  中华人民共和国消防法: "Fire Protection Law",
  中华人民共和国城乡规划法: "Urban and Rural Planning Law",
  中华人民共和国民法典: "Civil Code",
  中华人民共和国民事诉讼法: "Civil Procedure Law",
  中华人民共和国行政诉讼法: "Administrative Litigation Law",
  中华人民共和国行政复议法: "Administrative Reconsideration Law",
  中华人民共和国行政处罚法: "Administrative Penalty Law",
  中华人民共和国电子签名法: "Electronic Signature Law",
};

export function law(value: unknown, language: string | undefined): string {
  const name = typeof value === "string" ? value : "";
  if (!language?.startsWith("en")) return name;
  return english[name] ?? english[`中华人民共和国${name}`] ?? name;
}

/** What something rests on, in a list: 《食品安全法》第三十三条、… or Food Safety Law, art. 33; … */
export function laws(list: readonly { law: string; article?: string }[] | null | undefined): string {
  const lang = i18next.language;
  const english = lang?.startsWith("en");
  return (list ?? [])
    .map((b) => {
      const name = law(b.law.replace(/^《|》$/g, ""), lang);
      if (english) return [name, article(b.article, lang)].filter(Boolean).join(comma());
      // Some definitions write the article, or the number of a document, behind the name of the law.
      const [, title, rest] = /^(.+?)(第[零一二三四五六七八九十百]+条.*|（[^（）]*）)?$/.exec(name) ?? [name, name];
      return `《${title}》${rest ?? ""}${article(b.article, lang)}`;
    })
    .join(semicolon());
}
