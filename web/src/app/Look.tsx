// Ant Design in our colours, in the language of the screen.
import { App, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import type { ReactNode } from "react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

export function Look({ children }: { children: ReactNode }) {
  const { i18n, t } = useTranslation();
  const english = i18n.language.startsWith("en");
  useEffect(() => {
    document.documentElement.lang = english ? "en" : "zh-CN";
    document.title = t("product");
    dayjs.locale(english ? "en" : "zh-cn");
  }, [english, t]);
  return (
    <ConfigProvider
      locale={english ? enUS : zhCN}
      button={{ autoInsertSpace: false }}
      theme={{
        token: {
          colorPrimary: "#1d4f91",
          colorInfo: "#1d4f91",
          colorLink: "#1d4f91",
          colorLinkHover: "#163d70",
          colorPrimaryHover: "#163d70",
          // Lights and tags are read against white: these keep 4.5:1.
          colorSuccess: "#237804",
          colorWarning: "#8a5300",
          colorError: "#c41d24",
          // What is derived from dark colours by itself is muddy.
          colorSuccessBg: "#f0f9eb",
          colorSuccessBorder: "#b7dca4",
          colorWarningBg: "#fff8e6",
          colorWarningBorder: "#f0cf87",
          colorErrorBg: "#fff1f0",
          colorErrorBorder: "#f5b5b1",
          colorInfoBg: "#eef4fc",
          colorInfoBorder: "#b3cbea",
          colorTextSecondary: "#4a5361",
          colorTextTertiary: "#5c6675",
          colorTextPlaceholder: "#667085",
          borderRadius: 4,
          fontSize: 14,
          fontFamily: "'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Source Han Sans SC', sans-serif",
        },
        components: {
          Layout: { headerBg: "#14345f", headerHeight: 48, headerPadding: "0 16px", bodyBg: "#f2f4f8" },
          // A chosen row keeps its lights readable, too.
          Table: { cellPaddingBlockSM: 6, cellPaddingInlineSM: 8, rowSelectedBg: "#eef4fc", rowSelectedHoverBg: "#e3edfa" },
        },
      }}
    >
      <App message={{ maxCount: 3 }}>{children}</App>
    </ConfigProvider>
  );
}
