import { Alert, Button, Form, Input } from "antd";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { minute } from "../../parts/time";
import { cleanCode } from "./pass";
import type { Pass } from "./pass";

export function Enter({ number, wrong, locked, onEnter }: { number: string; wrong: boolean; locked: Date | undefined; onEnter: (p: Pass) => void }) {
  const { t } = useTranslation("track");
  return (
    <section className="track-card">
      <h1>{t("enter.title")}</h1>
      <p className="muted">{t("enter.how")}</p>
      {wrong && <Alert role="alert" type="warning" showIcon title={t("enter.wrong")} description={t("enter.wrongHelp")} style={{ marginBottom: 12 }} />}
      {locked && <Alert role="alert" type="warning" showIcon title={t("enter.locked", { at: minute(locked) })} description={t("enter.lockedHelp")} style={{ marginBottom: 12 }} />}
      <Form<Pass> layout="vertical" requiredMark={false} initialValues={{ number }} onFinish={(p) => onEnter({ number: p.number.trim(), code: cleanCode(p.code) })}>
        <Form.Item name="number" label={t("enter.number")} rules={[{ required: true, whitespace: true, message: t("enter.numberNeeded") }]}>
          <Input size="large" autoComplete="off" />
        </Form.Item>
        <Form.Item name="code" label={t("enter.code")} rules={[{ required: true, whitespace: true, message: t("enter.codeNeeded") }]}>
          <Input size="large" autoComplete="off" autoCapitalize="characters" placeholder={t("enter.codeLook")} />
        </Form.Item>
        <Button type="primary" size="large" block htmlType="submit">{t("enter.go")}</Button>
      </Form>
      <details className="track-lost">
        <summary>{t("enter.lost")}</summary>
        <p>{t("enter.lostHow")}</p>
      </details>
      <p><Link to="/letters/check">{t("check.link")}</Link></p>
      <p style={{ marginBottom: 0 }}><Link to="/grants">{t("grants.title")}</Link></p>
    </section>
  );
}
