// Signing in: account and password, the demo accounts of a trial by organisation, or the provider of the place.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { Button, Card, Form, Input, Select, Spin, Typography } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Refused, answer } from "../../api/client";
import { listWays, login } from "../../api/gen/sdk.gen";
import type { Account } from "../../api/gen/types.gen";
import { LanguageSwitch } from "../../app/LanguageSwitch";
import { inLanguage } from "../../app/language";
import { Refusal } from "../../parts/Refusal";
import { Broken } from "../../parts/States";
import { comma } from "../../texts/marks";

interface Entry {
  account: string;
  password?: string;
  org?: string;
}

export default function SignIn() {
  const { t, i18n } = useTranslation("signin");
  const { href } = useLocation();
  const cache = useQueryClient();
  const ways = useQuery({ queryKey: ["ways"], queryFn: () => answer(listWays()), staleTime: Infinity });
  const enter = useMutation({
    mutationFn: (e: Entry) => answer(login({ body: { ...e, cookie: true } })),
    onSuccess: (s) => {
      cache.removeQueries({ predicate: (q) => q.queryKey[0] !== "ways" && q.queryKey[0] !== "session" });
      cache.setQueryData(["session"], s.account);
      // orgs are told by the session alone.
      void cache.invalidateQueries({ queryKey: ["session"] });
    },
  });
  if (ways.error) return <Broken error={ways.error} again={() => void ways.refetch()} />;
  return (
    <main style={{ minHeight: "100%", background: "#f2f4f8", display: "flex", flexDirection: "column", alignItems: "center", padding: "5vh 16px" }}>
      <div style={{ width: "100%", maxWidth: 880, display: "flex", alignItems: "baseline", gap: 12, marginBottom: 16 }}>
        <h1 style={{ margin: 0, fontSize: 26, color: "#14345f" }}>{t("common:product")}</h1>
        <span className="muted" style={{ flex: 1 }}>{t("motto")}</span>
        <LanguageSwitch dark={false} />
      </div>
      {!ways.data ? <Spin /> : (
        <div style={{ display: "flex", gap: 16, flexWrap: "wrap", width: "100%", maxWidth: 880 }}>
          <Card title={t("title")} style={{ flex: "1 1 300px" }}>
            {ways.data.provider && (
              <Button block type="primary" size="large" style={{ marginBottom: 16 }}
                href={`${ways.data.provider.url}?to=${encodeURIComponent(href)}`}>
                {t("provider", { name: inLanguage(ways.data.provider.name, i18n.language) })}
              </Button>
            )}
            {ways.data.password && <PasswordForm busy={enter.isPending} onEnter={enter.mutate} error={enter.error} />}
            {!ways.data.password && <Refusal error={enter.error} />}
            <Typography.Paragraph style={{ margin: "16px 0 0" }}>
              <Link to="/track">{t("track")}</Link>
            </Typography.Paragraph>
          </Card>
          {ways.data.demo.length > 0 && <Demo accounts={ways.data.demo} busy={enter.isPending} onEnter={enter.mutate} />}
        </div>
      )}
    </main>
  );
}

/** Account and password; whoever has posts in several organisations is asked for which he signs in. */
export function PasswordForm({ busy, onEnter, error }: { busy: boolean; onEnter: (e: Entry) => void; error: unknown }) {
  const { t } = useTranslation("signin");
  const several = error instanceof Refused && error.problem.where === "/org";
  return (
    <Form<Entry> layout="vertical" onFinish={onEnter} requiredMark={false}>
      <Form.Item name="account" label={t("account")} rules={[{ required: true, message: t("accountNeeded") }]}>
        <Input autoComplete="username" autoFocus />
      </Form.Item>
      <Form.Item name="password" label={t("password")}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      {several && (
        <Form.Item name="org" label={t("org")}>
          <Select options={(error.problem.orgs ?? []).map((o) => ({ value: o.org, label: <>{o.orgName} <span className="muted small">{o.org}</span></> }))} />
        </Form.Item>
      )}
      <Refusal error={error} marked={several} />
      <Button htmlType="submit" type="primary" block loading={busy} style={{ marginTop: 8 }}>{t("enter")}</Button>
    </Form>
  );
}

/** The accounts of a trial, by organisation; one click signs in. */
function Demo({ accounts, busy, onEnter }: { accounts: Account[]; busy: boolean; onEnter: (e: Entry) => void }) {
  const { t } = useTranslation("signin");
  const [search, setSearch] = useState("");
  const groups = useMemo(() => {
    const by = new Map<string, Account[]>();
    for (const a of accounts) {
      const words = [a.name, a.login, a.orgName, ...a.roles.map((r) => t(`common:role.${r}` as "common:role.clerk"))].join(" ");
      if (search && !words.toLowerCase().includes(search.toLowerCase())) continue;
      by.set(a.orgName, [...(by.get(a.orgName) ?? []), a]);
    }
    return [...by];
  }, [accounts, search, t]);
  return (
    <Card title={t("demo")} style={{ flex: "2 1 420px" }} extra={<Input allowClear placeholder={t("demoSearch")} aria-label={t("demoSearch")} value={search} onChange={(e) => setSearch(e.target.value)} />}>
      <Typography.Paragraph type="secondary">{t("demoWhy")}</Typography.Paragraph>
      <div style={{ maxHeight: "60vh", overflow: "auto" }} tabIndex={0} role="group" aria-label={t("demo")}>
        {groups.map(([org, people]) => (
          <section key={org} style={{ marginBottom: 8 }}>
            <h2 style={{ fontSize: 14, margin: "4px 0" }}>{org}</h2>
            <div style={{ display: "flex", flexWrap: "wrap", gap: 6 }}>
              {people.map((a) => (
                <Button key={a.id + a.org} size="small" disabled={busy} onClick={() => onEnter({ account: a.login ?? a.id, org: a.org })} data-login={a.login}>
                  {a.name} <span className="muted small">{a.roles.map((r) => t(`common:role.${r}` as "common:role.clerk")).join(comma())}</span>
                </Button>
              ))}
            </div>
          </section>
        ))}
      </div>
    </Card>
  );
}
