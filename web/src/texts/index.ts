// All words of the console, by area and language. A test holds both languages to the same keys.
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { language } from "../app/language";

const files = import.meta.glob<Record<string, unknown>>("./{zh,en}/*.json", { eager: true, import: "default" });

const resources: Record<string, Record<string, Record<string, unknown>>> = { "zh-CN": {}, en: {} };
for (const [path, words] of Object.entries(files)) {
  const [, lang, area] = /\.\/(zh|en)\/(\w+)\.json$/.exec(path)!;
  resources[lang === "zh" ? "zh-CN" : "en"]![area!] = words;
}

void i18next.use(initReactI18next).init({
  resources,
  lng: language(),
  fallbackLng: "zh-CN",
  defaultNS: "common",
  // React escapes already.
  interpolation: { escapeValue: false },
  returnNull: false,
});

export default i18next;
