// The frame around every screen: where one can go, who one is, the language, and whether the page hears the server.
import {
  AuditOutlined, BarChartOutlined, BranchesOutlined, DesktopOutlined, FolderOpenOutlined, InboxOutlined, SettingOutlined,
} from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { Layout, Menu } from "antd";
import { Suspense, lazy, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ReactNode } from "react";
import { AccountMenu } from "./AccountMenu";
import { BusinessTime } from "./BusinessTime";
import { LanguageSwitch } from "./LanguageSwitch";
import { Boundary, Broken, Loading } from "../parts/States";
import { LiveProvider, useLive } from "./live";
import { caseRoles, has, sessionQuery } from "./session";
import type { Role } from "./session";

const SignIn = lazy(() => import("../screens/signin/SignIn"));

interface Entry {
  to: string;
  /** Addresses that belong to the entry, too. */
  also?: string[];
  icon: ReactNode;
  roles: Role[];
}

const entries: Record<string, Entry> = {
  window: { to: "/window", icon: <DesktopOutlined />, roles: ["clerk"] },
  inbox: { to: "/inbox", also: ["/tasks"], icon: <InboxOutlined />, roles: caseRoles },
  cases: { to: "/cases", icon: <FolderOpenOutlined />, roles: caseRoles },
  joint: { to: "/joint", icon: <BranchesOutlined />, roles: ["lead", "organ-head", "supervisor", "approve"] },
  supervise: { to: "/cards", also: ["/extensions"], icon: <AuditOutlined />, roles: caseRoles },
  reports: { to: "/reports", icon: <BarChartOutlined />, roles: ["supervisor", "organ-head", "government-head", "lead"] },
  items: { to: "/items", also: ["/editor"], icon: <BranchesOutlined />, roles: ["analyst", "publisher"] },
  admin: { to: "/admin", icon: <SettingOutlined />, roles: ["admin", "operator", "publisher"] },
};

/** Whoever has no account may open these. */
const open = ["/track", "/letters/check", "/grants", "/guides"];

export function Frame() {
  const { data: account, isPending, error, refetch } = useQuery(sessionQuery);
  const { pathname } = useLocation();
  const public_ = open.some((p) => pathname === p || pathname.startsWith(p + "/"));
  if (public_) {
    return (
      <Suspense fallback={<Loading />}>
        <Outlet />
      </Suspense>
    );
  }
  if (isPending) return <Loading />;
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!account) {
    // In place: the address stays, so that a link from elsewhere leads on after signing in.
    return (
      <Suspense fallback={<Loading />}>
        <SignIn />
      </Suspense>
    );
  }
  return (
    <LiveProvider key={account.id + account.org} hears={has(account, ...caseRoles)}>
      <SignedIn />
    </LiveProvider>
  );
}

function SignedIn() {
  const { t } = useTranslation();
  const { data: account } = useQuery(sessionQuery);
  const { pathname } = useLocation();
  const { connected } = useLive();
  const items = useMemo(
    () =>
      Object.entries(entries)
        .filter(([, e]) => has(account, ...e.roles))
        .map(([key, e]) => ({ key, icon: e.icon, label: <Link to={e.to}>{t(`nav.${key}` as "nav.window")}</Link> })),
    [account, t],
  );
  const selected = Object.entries(entries)
    .filter(([, e]) => [e.to, ...(e.also ?? [])].some((p) => pathname === p || pathname.startsWith(p + "/")))
    .map(([key]) => key);
  return (
    <Layout style={{ minHeight: "100%" }}>
      <a className="skip-link" href="#main">{t("skip")}</a>
      <Layout.Header style={{ display: "flex", alignItems: "center", gap: 12, position: "sticky", top: 0, zIndex: 100 }}>
        <Link to="/" style={{ color: "#fff", fontWeight: 600, fontSize: 16, whiteSpace: "nowrap" }}>{t("product")}</Link>
        <nav aria-label={t("nav.label")} style={{ flex: 1, minWidth: 0 }}>
          <Menu theme="dark" mode="horizontal" selectedKeys={selected} items={items} style={{ background: "transparent", lineHeight: "48px" }} />
        </nav>
        <BusinessTime />
        <LanguageSwitch />
        <AccountMenu />
      </Layout.Header>
      {!connected && <div className="offline" role="status">{t("offline")}</div>}
      <Layout.Content>
        <main id="main" tabIndex={-1} style={{ outline: "none" }}>
          <Boundary key={pathname}>
            <Suspense fallback={<Loading />}>
              <Outlet />
            </Suspense>
          </Boundary>
        </main>
      </Layout.Content>
    </Layout>
  );
}
