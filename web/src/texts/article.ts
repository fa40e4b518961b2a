// The number of an article as sentences write it: 32 is 第三十二条, and art. 32 in English. What is more than a
// number (a paragraph, a whole phrase) is written in definitions as it is to be read, and stays.
const digits = "零一二三四五六七八九";

function numeral(n: number): string {
  const [hundreds, tens, ones] = [Math.floor(n / 100), Math.floor(n / 10) % 10, n % 10];
  const below = (tens > 1 || (tens === 1 && hundreds > 0) ? digits[tens] : "") + (tens > 0 ? "十" : "") + (ones > 0 ? digits[ones] : "");
  if (hundreds === 0) return below || digits[0]!;
  return digits[hundreds] + "百" + (tens === 0 && ones > 0 ? "零" : "") + below;
}

export function article(value: unknown, language: string | undefined): string {
  const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
  if (!/^[1-9]\d{0,2}$/.test(text)) return text;
  return language?.startsWith("en") ? `art. ${text}` : `第${numeral(Number(text))}条`;
}
