// The number of an article as sentences write it: 32 is 第三十二条, 69(1)(4) 第六十九条第一款第四项,
// and art. 32 in English. What is no number is written as it is to be read, and stays.
const digits = "零一二三四五六七八九";

function numeral(n: number): string {
  const [hundreds, tens, ones] = [Math.floor(n / 100), Math.floor(n / 10) % 10, n % 10];
  const below = (tens > 1 || (tens === 1 && hundreds > 0) ? digits[tens] : "") + (tens > 0 ? "十" : "") + (ones > 0 ? digits[ones] : "");
  if (hundreds === 0) return below || digits[0]!;
  return digits[hundreds] + "百" + (tens === 0 && ones > 0 ? "零" : "") + below;
}

export function article(value: unknown, language: string | undefined): string {
  const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
  const parts = /^([1-9]\d{0,2})(?:\((\d{1,2})\))?(?:\((\d{1,2})\))?$/.exec(text);
  if (!parts) return text;
  if (language?.startsWith("en")) return `art. ${text}`;
  return ["条", "款", "项"].map((unit, i) => (parts[i + 1] ? `第${numeral(Number(parts[i + 1]))}${unit}` : "")).join("");
}
