// The frame of the administration: its parts at the side, one of them beside it.
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { Menu } from "antd";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { has, useAccount } from "../../app/session";
import { Loading } from "../../parts/States";
import "./admin.css";

const parts = ["organisations", "people", "parties", "windows", "calendars", "letters", "rules", "figures", "changes"] as const;

/** What whoever publishes rules needs, without being an administrator. */
const forPublishers: readonly string[] = ["rules", "figures"];

export default function Admin() {
  const { t } = useTranslation("admin");
  const { pathname } = useLocation();
  const all = has(useAccount(), "admin", "operator");
  const here = parts.find((p) => pathname.startsWith("/admin/" + p));
  return (
    <div style={{ display: "flex", alignItems: "flex-start" }}>
      <nav aria-label={t("label")} style={{ flex: "0 0 168px", position: "sticky", top: 48, background: "#fff", minHeight: "calc(100vh - 48px)" }}>
        <Menu mode="inline" selectedKeys={here ? [here] : []} style={{ borderInlineEnd: 0 }}
          items={parts.filter((p) => all || forPublishers.includes(p)).map((p) => ({ key: p, label: <Link to={`/admin/${p}` as string}>{t(`part.${p}`)}</Link> }))} />
      </nav>
      <div style={{ flex: 1, minWidth: 0 }}>
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </div>
    </div>
  );
}
