// One person: name, roles by organisation, whether he can log in, and a new password.
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, App, Button, Card, Checkbox, Form, Input, Popconfirm, Select, Skeleton, Typography } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, newKey } from "../../api/client";
import { changePerson, createPerson, resetPassword } from "../../api/gen/sdk.gen";
import type { PersonChange, PersonDetail, PersonRole } from "../../api/gen/types.gen";
import { useAccount } from "../../app/session";
import { OrgPick } from "../../parts/OrgPick";
import { Refusal } from "../../parts/Refusal";
import { Broken } from "../../parts/States";
import { clean } from "../../parts/search";
import { semicolon } from "../../texts/marks";
import { Conflict } from "./Conflict";
import { personQuery, roles } from "./queries";

export function PersonPanel({ id, onClose, onMade }: { id: string | undefined; onClose: () => void; onMade: (id: string) => void }) {
  const one = useQuery({ ...personQuery(id ?? ""), enabled: !!id });
  if (!id) return <PersonForm onClose={onClose} onMade={onMade} />;
  if (one.error) return <Broken error={one.error} again={() => void one.refetch()} />;
  if (!one.data) return <Card size="small"><Skeleton active /></Card>;
  return <PersonForm key={one.data.person.revision} detail={one.data} onClose={onClose} onMade={onMade} />;
}

type Values = Omit<PersonChange, "revision">;

function PersonForm({ detail, onClose, onMade }: { detail?: PersonDetail; onClose: () => void; onMade: (id: string) => void }) {
  const { t } = useTranslation("admin");
  const { message } = App.useApp();
  const cache = useQueryClient();
  const self = useAccount();
  const [key] = useState(newKey);
  const old = detail?.person;
  const save = useMutation({
    mutationFn: (v: Values) => {
      const body = clean({ ...v, roles: (v.roles ?? []).filter((r) => r?.org && r.role), revision: old?.revision }) as PersonChange;
      return answer(old ? changePerson({ path: { id: old.id }, body }) : createPerson({ body, headers: { "Idempotency-Key": key } }));
    },
    onSuccess: (p) => {
      void cache.invalidateQueries({ queryKey: ["people"] });
      void message.success(t("saved"));
      if (!old) onMade(p.id);
    },
  });
  const initial: Partial<Values> = old
    ? { ...old, roles: old.roles.flatMap((o) => o.roles.map((role): PersonRole => ({ org: o.org, role }))) }
    : { active: true, roles: [] };
  return (
    <Card size="small" title={<h2 style={{ fontSize: 15, margin: 0 }}>{old ? old.name : t("person.add")}</h2>} extra={old && <Link to={"/admin/changes" as string} search={{ kind: "person", subject: old.id } as never}>{t("history")}</Link>}>
      <Form<Values> className="tight" layout="vertical" onFinish={save.mutate} initialValues={initial}>
        <div style={{ display: "flex", gap: 12 }}>
          <Form.Item name="name" label={t("person.name")} style={{ flex: 1 }} rules={[{ required: true, whitespace: true, max: 100, message: t("needed") }]}><Input /></Form.Item>
          <Form.Item name="login" label={t("person.login")} style={{ flex: 1 }} rules={[{ required: true, pattern: /^[a-z][a-z0-9._-]{1,39}$/, message: t("person.loginRule") }]}><Input autoComplete="off" /></Form.Item>
        </div>
        <div style={{ display: "flex", gap: 12 }}>
          <Form.Item name="post" label={t("person.post")} style={{ flex: 1 }} rules={[{ max: 100 }]}><Input /></Form.Item>
          <Form.Item name="external" label={t("person.external")} style={{ flex: 1 }} rules={[{ max: 200 }]}><Input autoComplete="off" /></Form.Item>
        </div>
        <RoleList own={old?.id === self.id} />
        <Form.Item name="active" valuePropName="checked" extra={detail && detail.desks.length > 0 ? t("person.desks", { list: detail.desks.map((d) => t("person.desk", { org: d.orgName, count: d.cases })).join(semicolon()) }) : undefined}>
          <Checkbox>{t("person.canLogIn")}</Checkbox>
        </Form.Item>
        <Conflict error={save.error} kind="person" subject={old?.id ?? ""} onReload={() => { save.reset(); void cache.invalidateQueries({ queryKey: ["people"] }); }} />
        <div style={{ display: "flex", gap: 8, marginTop: 8 }}>
          <Button type="primary" htmlType="submit" loading={save.isPending}>{t("common:action.save")}</Button>
          <Button onClick={onClose}>{t("common:action.close")}</Button>
        </div>
      </Form>
      {old && <NewPassword id={old.id} />}
    </Card>
  );
}

function RoleList({ own }: { own: boolean }) {
  const { t } = useTranslation("admin");
  return (
    <fieldset className="group" disabled={own}>
      <legend>{t("person.roles")}</legend>
      {own && <p className="small muted" style={{ margin: 0 }}>{t("person.ownRoles")}</p>}
      <Form.List name="roles">
        {(fields, { add, remove }) => (
          <>
            {fields.map((f) => (
              <div key={f.key} style={{ display: "flex", gap: 8, alignItems: "flex-start" }}>
                <Form.Item name={[f.name, "org"]} style={{ flex: 3, marginBottom: 6, minWidth: 0 }} rules={[{ required: true, message: t("person.orgNeeded") }]}><OrgPick label={t("person.org")} width="100%" /></Form.Item>
                <Form.Item name={[f.name, "role"]} style={{ flex: 2, marginBottom: 6, minWidth: 0 }} rules={[{ required: true, message: t("person.roleNeeded") }]}>
                  <Select aria-label={t("person.role")} placeholder={t("person.role")} options={roles.map((r) => ({ value: r, label: t(`common:role.${r}`, { defaultValue: r }) }))} />
                </Form.Item>
                <Button type="text" icon={<DeleteOutlined />} aria-label={t("common:action.remove")} onClick={() => remove(f.name)} />
              </div>
            ))}
            <Button type="link" size="small" icon={<PlusOutlined aria-hidden />} onClick={() => add({})}>{t("person.addRole")}</Button>
          </>
        )}
      </Form.List>
    </fieldset>
  );
}

/** Told once, here: it is kept nowhere on the page. */
function NewPassword({ id }: { id: string }) {
  const { t } = useTranslation("admin");
  const cache = useQueryClient();
  const reset = useMutation({
    mutationFn: () => answer(resetPassword({ path: { id } })),
    gcTime: 0,
  });
  const forget = () => {
    reset.reset();
    void cache.invalidateQueries({ queryKey: ["people"] });
  };
  return (
    <div style={{ marginTop: 16, borderTop: "1px solid #e3e7ee", paddingTop: 12 }}>
      {reset.data ? (
        <Alert type="success" showIcon role="status" title={<>{t("person.password")} <Typography.Text code style={{ fontSize: 16 }}>{reset.data.password}</Typography.Text></>}
          description={t("person.passwordOnce")} action={<Button size="small" onClick={forget}>{t("person.told")}</Button>} />
      ) : (
        <Popconfirm title={t("person.resetSure")} description={t("person.resetWhy")} onConfirm={() => reset.mutate()}>
          <Button loading={reset.isPending}>{t("person.reset")}</Button>
        </Popconfirm>
      )}
      <Refusal error={reset.error} />
    </div>
  );
}
