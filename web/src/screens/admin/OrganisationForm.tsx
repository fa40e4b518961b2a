// One organisation: made, renamed, moved, closed; what stands in the way of closing it is said before.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App, Button, Card, DatePicker, Form, Input, Select } from "antd";
import dayjs from "dayjs";
import type { Dayjs } from "dayjs";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { putOrganisation } from "../../api/gen/sdk.gen";
import type { OrganisationChange, OrganisationDetail, OrgKind } from "../../api/gen/types.gen";
import { clean } from "../../parts/search";
import { comma } from "../../texts/marks";
import { Conflict } from "./Conflict";
import { orgsQuery } from "./queries";
import { codesBelow, treeOf } from "./tree";

const kinds: OrgKind[] = ["hall", "department", "government", "enterprise", "organisation"];

type Values = Omit<OrganisationChange, "revision" | "closedOn"> & { code: string; closedOn?: Dayjs | null };

export function OrganisationForm({ detail, onDone, onCancel }: { detail?: OrganisationDetail; onDone: (code: string) => void; onCancel: () => void }) {
  const { t } = useTranslation("admin");
  const { message } = App.useApp();
  const cache = useQueryClient();
  const orgs = useQuery(orgsQuery);
  const old = detail?.organisation;
  const save = useMutation({
    mutationFn: ({ code, closedOn, ...v }: Values) =>
      answer(putOrganisation({ path: { code }, body: clean({ ...v, revision: old?.revision ?? 0, closedOn: closedOn ? closedOn.format("YYYY-MM-DD") : undefined }) as OrganisationChange })),
    onSuccess: (org) => {
      void cache.invalidateQueries({ queryKey: ["organisations"] });
      void message.success(t("saved"));
      onDone(org.code);
    },
  });
  const list = orgs.data?.organisations ?? [];
  const below = old ? codesBelow(treeOf(list), old.code) : new Set<string>();
  return (
    <Card size="small" title={<h2 style={{ fontSize: 15, margin: 0 }}>{old ? old.name : t("org.add")}</h2>} extra={old && <Link to={"/admin/changes" as string} search={{ kind: "organisation", subject: old.code } as never}>{t("history")}</Link>}>
      <Form<Values> className="tight" layout="vertical" onFinish={save.mutate} initialValues={{ kind: "department", ...old, closedOn: old?.closedOn ? dayjs(old.closedOn) : null }} size="middle">
        <Form.Item name="code" label={t("org.code")} extra={old ? undefined : t("org.codeWhy")} rules={[{ required: true, pattern: /^[a-z][a-z0-9-]{1,49}$/, message: t("org.codeRule") }]}>
          <Input disabled={!!old} />
        </Form.Item>
        <Form.Item name="name" label={t("org.name")} rules={[{ required: true, whitespace: true, max: 100, message: t("needed") }]}><Input /></Form.Item>
        <Form.Item name="nameEn" label={t("org.nameEn")} rules={[{ max: 200 }]}><Input /></Form.Item>
        <div style={{ display: "flex", gap: 12 }}>
          <Form.Item name="kind" label={t("org.kind")} style={{ flex: 1 }} rules={[{ required: true }]}><Select options={kinds.map((k) => ({ value: k, label: t(`orgKind.${k}`) }))} /></Form.Item>
          <Form.Item name="region" label={t("region")} style={{ flex: 1 }} rules={[{ required: true, pattern: /^[0-9]{6,12}$/, message: t("regionRule") }]}><Input inputMode="numeric" /></Form.Item>
        </div>
        <Form.Item name="parent" label={t("org.parent")}>
          <Select allowClear showSearch={{ optionFilterProp: "label" }} options={list.filter((o) => !below.has(o.code)).map((o) => ({ value: o.code, label: o.name }))} />
        </Form.Item>
        <div style={{ display: "flex", gap: 12 }}>
          <Form.Item name="mark" label={t("org.mark")} style={{ flex: 1 }} rules={[{ max: 20 }]}><Input /></Form.Item>
          <Form.Item name="creditCode" label={t("org.creditCode")} style={{ flex: 2 }} rules={[{ pattern: /^[0-9A-Z]{18}$/, message: t("org.creditCodeRule") }]}><Input maxLength={18} /></Form.Item>
        </div>
        {old && (
          <Form.Item name="closedOn" label={t("org.closeOn")} extra={detail && <Uses of={detail} />}><DatePicker style={{ width: "100%" }} /></Form.Item>
        )}
        <Conflict error={save.error} kind="organisation" subject={old?.code ?? ""} onReload={() => { save.reset(); void cache.invalidateQueries({ queryKey: ["organisations"] }); }} />
        <div style={{ display: "flex", gap: 8, marginTop: 8 }}>
          <Button type="primary" htmlType="submit" loading={save.isPending}>{t("common:action.save")}</Button>
          <Button onClick={onCancel}>{t("common:action.cancel")}</Button>
        </div>
      </Form>
    </Card>
  );
}

/** What an organisation is still needed for. */
function Uses({ of }: { of: OrganisationDetail }) {
  const { t } = useTranslation("admin");
  const uses = (["below", "parties", "windows", "tasks", "people"] as const).filter((k) => of[k] > 0);
  return <span>{uses.length ? t("org.uses", { list: uses.map((k) => t(`org.use.${k}`, { count: of[k] })).join(comma()) }) : t("org.noUses")}</span>;
}
