// Settings are published as a version of the rules, over the one that was read, with a reason.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Refused, answer } from "../../api/client";
import { putSupervisionSettings } from "../../api/gen/sdk.gen";
import type { SupervisionSetting } from "../../api/gen/types.gen";
import { Conflict } from "./Conflict";
import { settingsQuery } from "./queries";
import { nextVersion } from "./settings";

export function PublishSettings({ over, settings, onDone }: { over: string; settings: SupervisionSetting[]; onDone: () => void }) {
  const { t, i18n } = useTranslation("admin");
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [open, setOpen] = useState(false);
  const publish = useMutation({
    mutationFn: (v: { version: string; reason: string }) => answer(putSupervisionSettings({ body: { ...v, over, settings } })),
    onSuccess: (now) => {
      cache.setQueryData(settingsQuery.queryKey, now);
      void cache.invalidateQueries({ queryKey: ["supervision"] });
      void cache.invalidateQueries({ queryKey: ["administration"] });
      void message.success(t("rules.publishedNow", { version: now.version }));
      setOpen(false);
      onDone();
    },
  });
  const findings = publish.error instanceof Refused ? (publish.error.problem.findings ?? []) : [];
  const reload = () => {
    void cache.invalidateQueries({ queryKey: ["supervision"] });
    setOpen(false);
    onDone();
  };
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>{t("figures.publish")}</Button>
      <Modal open={open} title={t("figures.publishTitle")} footer={null} destroyOnHidden onCancel={() => { publish.reset(); setOpen(false); }}>
        <Form<{ version: string; reason: string }> layout="vertical" initialValues={{ version: nextVersion(over) }} onFinish={publish.mutate}>
          <p className="muted" style={{ marginTop: 0 }}>{t("rules.sureWhy")}</p>
          <Form.Item name="version" label={t("figures.newVersion")} rules={[{ required: true, message: t("needed") }, { pattern: /^[0-9]+(\.[0-9]+)*$/, message: t("figures.versionRule") }]}><Input maxLength={30} /></Form.Item>
          <Form.Item name="reason" label={t("figures.reason")} rules={[{ required: true, whitespace: true, message: t("needed") }]}><Input.TextArea rows={3} maxLength={500} /></Form.Item>
          <Conflict error={publish.error} kind="parameter" onReload={reload} />
          {findings.length > 0 && <ul>{findings.map((f, i) => <li key={i}><code>{f.code}</code> {i18n.language.startsWith("en") ? f.en : f.zh}</li>)}</ul>}
          <Button type="primary" htmlType="submit" loading={publish.isPending} style={{ marginTop: 8 }}>{t("letter.publish")}</Button>
        </Form>
      </Modal>
    </>
  );
}
