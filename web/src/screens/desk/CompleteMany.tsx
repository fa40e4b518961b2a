// Concluding several tasks alike: an act that needs nothing but a remark, the same for all.
import { useMutation } from "@tanstack/react-query";
import { Button, Form, Input, Modal, Radio, Space } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { answer, newKey } from "../../api/client";
import { completeTasks } from "../../api/gen/sdk.gen";
import type { BatchResult, Task } from "../../api/gen/types.gen";
import { Refusal } from "../../parts/Refusal";

/** Acts that say the same of many cases without looking wrong, by kind of task. */
const alike: Record<string, string[]> = { look: ["clear"], work: ["pass", "agree"], accept: ["accept"], post: ["post"] };

export function CompleteMany({ tasks, onClose, onDone }: { tasks: Task[]; onClose: () => void; onDone: (r: BatchResult) => void }) {
  const { t } = useTranslation("desk");
  const offered = useMemo(() => {
    const sets = tasks.map((x) => alike[x.kind] ?? []);
    return (sets[0] ?? []).filter((a) => sets.every((s) => s.includes(a)));
  }, [tasks]);
  const key = useMemo(newKey, []);
  const send = useMutation({
    mutationFn: (v: { act: string; reason?: string }) =>
      answer(completeTasks({
        headers: { "Idempotency-Key": key },
        body: { tasks: tasks.map((x) => ({ number: x.number, task: x.id, do: v.act, ...(v.reason && v.act !== "clear" && v.act !== "accept" ? { data: { reason: v.reason } } : {}) })) },
      })),
    onSuccess: onDone,
  });
  return (
    <Modal open title={t("completeMany")} footer={null} onCancel={onClose}>
      {offered.length === 0 ? <p>{t("notAlike")}</p> : (
        <Form layout="vertical" initialValues={{ act: offered[0] }} onFinish={(v: { act: string; reason?: string }) => send.mutate(v)}>
          <p className="muted">{t("completeWhy", { count: tasks.length })}</p>
          <Form.Item name="act" label={t("alikeWhat.act")}>
            <Radio.Group options={offered.map((a) => ({ value: a, label: t(`alike.${a}` as "alike.agree") }))} />
          </Form.Item>
          <Form.Item name="reason" label={t("alikeWhat.remark")}><Input.TextArea autoSize={{ minRows: 2 }} maxLength={2000} /></Form.Item>
          <Refusal error={send.error} />
          <Space>
            <Button type="primary" htmlType="submit" loading={send.isPending}>{t("completeNow", { count: tasks.length })}</Button>
            <Button type="text" onClick={onClose}>{t("common:action.cancel")}</Button>
          </Space>
        </Form>
      )}
    </Modal>
  );
}
