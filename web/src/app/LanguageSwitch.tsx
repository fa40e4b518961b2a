import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { keepLanguage } from "./language";

/** One click to the other language; the button is written in the language it leads to. */
export function LanguageSwitch({ dark = true }: { dark?: boolean }) {
  const { i18n } = useTranslation();
  const english = i18n.language.startsWith("en");
  const other = english ? "zh-CN" : "en";
  return (
    <Button
      type="text"
      size="small"
      lang={other}
      style={dark ? { color: "#fff" } : undefined}
      onClick={() => {
        keepLanguage(other);
        void i18n.changeLanguage(other);
      }}
    >
      {english ? "中文" : "English"}
    </Button>
  );
}
