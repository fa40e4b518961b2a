// All words of the console, by area and language. A test holds both languages to the same keys.
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Language } from "../app/language";
import { article } from "./article";
import { law } from "./law";

/** Areas of words that one group of people needs, on screens of their own; the other areas come with the first screen. */
export type Area = "admin" | "analyst" | "supervise" | "track";

const files = import.meta.glob<Record<string, unknown>>(["./zh/*.json", "!./zh/{admin,analyst,supervise,track}.json"], { eager: true, import: "default" });
const later = import.meta.glob<Record<string, unknown>>("./zh/{admin,analyst,supervise,track}.json", { import: "default" });

const chinese = Object.fromEntries(Object.entries(files).map(([path, words]) => [/(\w+)\.json$/.exec(path)![1]!, words]));

void i18next.use(initReactI18next).init({
  resources: { "zh-CN": chinese },
  lng: "zh-CN",
  fallbackLng: "zh-CN",
  defaultNS: "common",
  // React escapes already.
  interpolation: { escapeValue: false },
  returnNull: false,
});
i18next.services.formatter?.add("article", article);
i18next.services.formatter?.add("law", law);

/** Fetches areas of words that did not come with the first screen. */
export async function words(...areas: Area[]): Promise<void> {
  const missing = areas.filter((area) => !i18next.hasResourceBundle("zh-CN", area));
  await Promise.all(missing.map(async (area) => i18next.addResourceBundle("zh-CN", area, await later[`./zh/${area}.json`]!())));
}

/** Turns the screen to a language; its words are fetched when it is first asked for. */
export async function speak(lang: Language): Promise<void> {
  if (lang === "en" && !i18next.hasResourceBundle("en", "common")) {
    for (const [area, words] of (await import("./english")).default) i18next.addResourceBundle("en", area, words);
  }
  await i18next.changeLanguage(lang);
}

export default i18next;
