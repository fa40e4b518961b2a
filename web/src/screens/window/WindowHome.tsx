// Where a clerk's day begins: find the item of whoever stands at the window; what waits for the window; the
// cases it has taken in.
import { useTranslation } from "react-i18next";
import { Card } from "antd";
import { CasesTable } from "./CasesTable";
import { Drafts } from "./Drafts";
import { FindItem } from "./FindItem";
import { Waiting } from "./Waiting";

export default function WindowHome() {
  const { t } = useTranslation("window");
  return (
    <div className="page">
      <h1 className="sr-only">{t("common:nav.window")}</h1>
      <div className="columns">
        <div className="wide rows">
          <FindItem />
          <Card size="small" title={t("waiting.title")}><Waiting /></Card>
          <Card size="small" title={t("cases.title")}><CasesTable /></Card>
        </div>
        <aside className="side rows" aria-label={t("drafts.title")}>
          <Drafts />
        </aside>
      </div>
    </div>
  );
}
