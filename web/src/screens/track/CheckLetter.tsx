// Is this letter genuine? Whoever holds it gives number and code; nothing of a person is said.
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Alert, Button, Form, Input, Result } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Refused, answer } from "../../api/client";
import { checkLetter } from "../../api/gen/sdk.gen";
import { Refusal } from "../../parts/Refusal";
import { minute } from "../../parts/time";
import { Shell } from "./Shell";
import { Locked } from "./pass";

interface Asked {
  case: string;
  code: string;
}

export default function CheckLetter() {
  const { t } = useTranslation("track");
  const search = useSearch({ strict: false }) as Partial<Asked>;
  const go = useNavigate();
  const check = useMutation({
    mutationFn: async (q: Asked) => {
      const got = await checkLetter({ query: q });
      if (got.response?.status === 429) throw new Locked(new Date(Date.now() + 1000 * Number(got.response.headers.get("Retry-After") ?? 60)));
      return answer(Promise.resolve(got));
    },
  });
  const { mutate } = check;
  useEffect(() => {
    // A scanned letter brings both along.
    if (search.case && search.code) mutate({ case: search.case, code: search.code });
  }, [search.case, search.code, mutate]);
  const unknown = check.error instanceof Refused && (check.error.status === 404 || check.error.status === 401);
  return (
    <Shell title={t("check.title")}>
      <section className="track-card">
        <h1>{t("check.title")}</h1>
        <p className="muted">{t("check.how")}</p>
        <Form<Asked> layout="vertical" requiredMark={false} initialValues={search} key={`${search.case} ${search.code}`}
          onFinish={(q) => {
            const asked = { case: q.case.trim(), code: q.code.trim() };
            if (asked.case === search.case && asked.code === search.code) mutate(asked);
            else void go({ to: "/letters/check", search: asked });
          }}>
          <Form.Item name="case" label={t("enter.number")} rules={[{ required: true, whitespace: true, message: t("enter.numberNeeded") }]}><Input size="large" autoComplete="off" /></Form.Item>
          <Form.Item name="code" label={t("check.code")} rules={[{ required: true, whitespace: true, message: t("check.codeNeeded") }]}><Input size="large" autoComplete="off" /></Form.Item>
          <Button type="primary" size="large" block htmlType="submit" loading={check.isPending}>{t("check.go")}</Button>
        </Form>
      </section>
      <div aria-live="polite">
        {check.data && (
          <section className="track-card">
            <Result status="success" title={t("check.genuine")} subTitle={t("check.compare")} />
            <dl className="track-facts">
              <dt>{t("check.letter")}</dt><dd>{check.data.title}</dd>
              <dt>{t("check.number")}</dt><dd>{check.data.number}</dd>
              <dt>{t("check.org")}</dt><dd>{check.data.orgName}</dd>
              <dt>{t("check.at")}</dt><dd>{minute(check.data.at)}</dd>
            </dl>
          </section>
        )}
        {unknown && <Alert type="error" showIcon role="alert" title={t("check.unknown")} description={t("check.unknownHelp")} />}
        {check.error instanceof Locked && <Alert type="warning" showIcon role="alert" title={t("check.locked", { at: minute(check.error.until) })} />}
        {check.error && !unknown && !(check.error instanceof Locked) ? <Refusal error={check.error} /> : null}
      </div>
    </Shell>
  );
}
