// Who is signed in, for which organisation, and the way out.
import { DownOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button, Dropdown } from "antd";
import { useTranslation } from "react-i18next";
import { answer } from "../api/client";
import { changeSession, logout } from "../api/gen/sdk.gen";
import { useRefusal } from "../parts/Refusal";
import { comma } from "../texts/marks";
import { caseRoles, has, useAccount } from "./session";

export function AccountMenu() {
  const { t } = useTranslation();
  const account = useAccount();
  const cache = useQueryClient();
  const go = useNavigate();
  const refuse = useRefusal();
  const leave = useMutation({
    mutationFn: () => answer(logout()),
    onSettled: () => {
      cache.clear();
      cache.setQueryData(["session"], null);
      void go({ to: "/" });
    },
  });
  const change = useMutation({
    mutationFn: (org: string) => answer(changeSession({ body: { org } })),
    onSuccess: (now) => {
      cache.clear();
      cache.setQueryData(["session"], now);
      void go({ to: "/" });
    },
    onError: refuse,
  });
  const others = (account.orgs ?? []).filter((o) => o.org !== account.org);
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: [
          { key: "roles", disabled: true, label: account.roles.map((r) => t(`role.${r}` as "role.clerk")).join(comma()) },
          ...others.map((o) => ({ key: "org:" + o.org, label: t("account.actFor", { org: o.orgName }), onClick: () => change.mutate(o.org) })),
          { type: "divider" as const },
          ...(has(account, ...caseRoles) ? [{ key: "deputies", label: <Link to="/deputies">{t("account.deputies")}</Link> }] : []),
          { key: "out", label: t("account.signOut"), onClick: () => leave.mutate() },
        ],
      }}
    >
      <Button type="text" size="small" style={{ color: "#fff" }}>
        {account.name} · {account.orgName} <DownOutlined />
      </Button>
    </Dropdown>
  );
}
