import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useRefusal } from "../parts/Refusal";
import { speak } from "../texts";
import { keepLanguage } from "./language";

/** One click to the other language; the button is written in the language it leads to. */
export function LanguageSwitch({ dark = true }: { dark?: boolean }) {
  const { i18n } = useTranslation();
  const refuse = useRefusal();
  const cache = useQueryClient();
  const english = i18n.language.startsWith("en");
  const other = english ? "zh-CN" : "en";
  return (
    <Button
      type="text"
      size="small"
      lang={other}
      style={dark ? { color: "#fff" } : undefined}
      onClick={() => {
        // Without the words, where the network is down, the screen stays as it is.
        void speak(other).then(() => {
          keepLanguage(other);
          // Names of organisations are read in the language that is spoken.
          void cache.invalidateQueries();
        }, refuse);
      }}
    >
      {english ? "中文" : "English"}
    </Button>
  );
}
