// All words of the console, by area and language. A test holds both languages to the same keys.
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Language } from "../app/language";
import { article } from "./article";
import { law } from "./law";

const files = import.meta.glob<Record<string, unknown>>("./zh/*.json", { eager: true, import: "default" });

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

/** Turns the screen to a language; its words are fetched when it is first asked for. */
export async function speak(lang: Language): Promise<void> {
  if (lang === "en" && !i18next.hasResourceBundle("en", "common")) {
    for (const [area, words] of (await import("./english")).default) i18next.addResourceBundle("en", area, words);
  }
  await i18next.changeLanguage(lang);
}

export default i18next;
