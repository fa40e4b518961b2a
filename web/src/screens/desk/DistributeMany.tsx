// Giving several tasks to colleagues at once. Whom each may be given to is the engine's word, task by task.
import { useMutation, useQueries } from "@tanstack/react-query";
import { Alert, Button, Form, Input, Modal, Select, Skeleton, Space } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { answer, newKey } from "../../api/client";
import { completeTasks } from "../../api/gen/sdk.gen";
import type { BatchResult, Task } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { taskActsQuery } from "../../parts/acts/options";
import { Refusal } from "../../parts/Refusal";
import { deal, givable, receivers } from "./distribute";

interface Values {
  to?: string[];
  reason?: string;
}

export function DistributeMany({ tasks, onClose, onDone }: { tasks: Task[]; onClose: () => void; onDone: (r: BatchResult) => void }) {
  const { t, i18n } = useTranslation("desk");
  const [form] = Form.useForm<Values>();
  const picked = Form.useWatch("to", form);
  const acts = useQueries({ queries: tasks.map((x) => taskActsQuery(x.number, x.id)) });
  const failed = acts.find((a) => a.error)?.error;
  const list = acts.every((a) => a.data) ? tasks.map((x, i) => givable(x, acts[i]!.data!)) : undefined;
  const people = list ? receivers(list) : [];
  const { given, left } = deal(list ?? [], picked ?? []);
  const shut = (list ?? []).filter((g) => g.refusal);
  // Taken away from somebody, which the rules want a reason for.
  const taken = given.some((g) => g.task.claimed);
  const key = useMemo(newKey, []);
  const send = useMutation({
    mutationFn: (v: Values) =>
      answer(completeTasks({
        headers: { "Idempotency-Key": key },
        body: { tasks: given.map((g) => ({ number: g.task.number, task: g.task.id, do: "assign", data: { account: g.account, ...(v.reason ? { reason: v.reason } : {}) } })) },
      })),
    onSuccess: onDone,
  });
  const name = (account: string) => people.find((p) => p.account === account)?.name ?? account;
  return (
    <Modal open title={t("distributeMany")} footer={null} onCancel={onClose}>
      {failed ? <Refusal error={failed} /> : !list ? <Skeleton active /> : (
        <>
          {shut.length > 0 && (
            <Alert type="info" showIcon style={{ marginBottom: 12 }} title={t("distribute.shut", { count: shut.length })}
              description={<ul style={{ margin: 0, paddingInlineStart: 18 }}>{[...new Set(shut.map((g) => inLanguage(g.refusal, i18n.language)))].map((why) => <li key={why}>{why}</li>)}</ul>} />
          )}
          {people.length === 0 ? <p>{t("distribute.nobody")}</p> : (
            <Form<Values> form={form} layout="vertical" onFinish={(v) => send.mutate(v)}>
              <p className="muted">{t("distribute.how")}</p>
              <Form.Item name="to" label={t("distribute.to")} rules={[{ required: true, message: t("distribute.needTo") }]}>
                <Select mode="multiple" autoFocus showSearch={{ optionFilterProp: "label" }} options={people.map((p) => ({ value: p.account, label: p.name }))}
                  optionRender={(o) => <>{o.label} <span className="muted small">{t("distribute.may", { count: people.find((p) => p.account === o.value)?.count ?? 0 })}</span></>} />
              </Form.Item>
              <Form.Item name="reason" label={t("distribute.reason")} rules={[{ required: taken, whitespace: true, message: t("distribute.needReason") }]}>
                <Input.TextArea autoSize={{ minRows: 2 }} maxLength={2000} />
              </Form.Item>
              {picked && picked.length > 0 && (
                <p role="status">
                  {picked.map((p) => t("distribute.share", { name: name(p), count: given.filter((g) => g.account === p).length })).join(t("between"))}
                  {left.length > 0 && <span className="muted">{t("between") + t("distribute.left", { count: left.length })}</span>}
                </p>
              )}
              <Refusal error={send.error} />
              <Space>
                <Button type="primary" htmlType="submit" disabled={picked !== undefined && picked.length > 0 && given.length === 0} loading={send.isPending}>{t("distribute.now", { count: given.length })}</Button>
                <Button type="text" onClick={onClose}>{t("common:action.cancel")}</Button>
              </Space>
            </Form>
          )}
        </>
      )}
    </Modal>
  );
}
