// The frame of the pages that need no account: narrow, for a phone.
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { LanguageSwitch } from "../../app/LanguageSwitch";
import "./track.css";

export function Shell({ title, children, onLeave, wide }: { title: string; children: ReactNode; onLeave?: (() => void) | undefined; wide?: boolean }) {
  const { t } = useTranslation("track");
  return (
    <div className="track">
      <header className="track-head">
        <Link to="/track" className="track-home">{t("common:product")}</Link>
        <span className="track-title">{title}</span>
        {onLeave && <Button type="text" size="small" style={{ color: "#fff" }} onClick={onLeave}>{t("leave")}</Button>}
        <LanguageSwitch />
      </header>
      <main id="main" className={wide ? "track-main track-wide" : "track-main"}>{children}</main>
    </div>
  );
}
