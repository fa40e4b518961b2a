// A wording is published from a day on; what was published is never changed.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, DatePicker, Form, Modal } from "antd";
import dayjs from "dayjs";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { publishLetterTemplate } from "../../api/gen/sdk.gen";
import type { LetterTemplate } from "../../api/gen/types.gen";
import { clockQuery } from "../../app/BusinessTime";
import { day } from "../../parts/time";
import { Conflict } from "./Conflict";
import { templateQuery } from "./queries";
import { versionIn } from "./letters";

export function PublishLetter({ of, source, over, disabled, drop }: { of: LetterTemplate; source: string; over: string; disabled: boolean; drop: () => Promise<void> }) {
  const { t } = useTranslation("admin");
  const { message } = App.useApp();
  const cache = useQueryClient();
  const clock = useQuery(clockQuery);
  const today = clock.data && day(clock.data.now);
  const [open, setOpen] = useState(false);
  const version = versionIn(source);
  const taken = of.editions.some((e) => e.version === version);
  const publish = useMutation({
    mutationFn: async ({ from }: { from: Dayjs }) => {
      const now = await answer(publishLetterTemplate({ path: { kind: of.kind }, body: { source, from: from.format("YYYY-MM-DD"), over } }));
      await drop();
      return now;
    },
    onSuccess: (now) => {
      setOpen(false);
      void message.success(t("letter.published", { version }));
      cache.setQueryData(templateQuery(of.kind).queryKey, now);
      void cache.invalidateQueries({ queryKey: ["letter-templates"] });
    },
  });
  return (
    <>
      <Button type="primary" disabled={disabled || !today} onClick={() => setOpen(true)}>{t("letter.publish")}</Button>
      <Modal open={open} title={t("letter.publishTitle", { version })} footer={null} onCancel={() => { publish.reset(); setOpen(false); }} destroyOnHidden>
        <Form<{ from: Dayjs }> layout="vertical" onFinish={publish.mutate} initialValues={{ from: dayjs(today) }}>
          <p className="muted" style={{ marginTop: 0 }}>{t("letter.publishWhy")}</p>
          {taken && <p role="alert">{t("letter.taken", { version })}</p>}
          <Form.Item name="from" label={t("letter.from")} rules={[{ required: true, message: t("party.fromNeeded") }]}>
            <DatePicker minDate={dayjs(today)} style={{ width: 200 }} />
          </Form.Item>
          <Conflict error={publish.error} kind="letter-template" subject={of.kind} onReload={() => void drop().finally(() => cache.invalidateQueries({ queryKey: ["letter-templates"] }))} />
          <Button type="primary" htmlType="submit" disabled={taken} loading={publish.isPending} style={{ marginTop: 8 }}>{t("letter.publish")}</Button>
        </Form>
      </Modal>
    </>
  );
}
