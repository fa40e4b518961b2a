// The language of the screen, remembered on this machine. It stands alone so that the client can
// read it without the texts.
const place = "lianban.language";

export type Language = "zh-CN" | "en";

export function language(): Language {
  const kept = localStorage.getItem(place);
  return kept === "en" ? "en" : "zh-CN";
}

export function keepLanguage(lang: Language): void {
  localStorage.setItem(place, lang);
}

/** The half of a sentence in two languages that the screen speaks. */
export function inLanguage(text: { zh: string; en: string } | undefined, lang: string): string {
  if (!text) return "";
  return (lang.startsWith("en") ? text.en : text.zh) || text.zh || text.en;
}
