// A card raised by hand: what no event can show, such as a complaint that was upheld.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, newKey } from "../../api/client";
import { raiseCard } from "../../api/gen/sdk.gen";
import type { Card, RaiseCard as Raise } from "../../api/gen/types.gen";
import { OrgPick } from "../../parts/OrgPick";
import { Refusal } from "../../parts/Refusal";
import { clean } from "../../parts/search";
import { rulesQuery } from "./queries";

export function RaiseCard({ onClose, onRaised }: { onClose: () => void; onRaised: (card: Card) => void }) {
  const { t, i18n } = useTranslation("supervise");
  const cache = useQueryClient();
  const rules = useQuery(rulesQuery);
  const [key] = useState(newKey);
  const [form] = Form.useForm<Raise>();
  const raise = useMutation({
    mutationFn: (body: Raise) => answer(raiseCard({ body: clean(body), headers: { "Idempotency-Key": key } })),
    onSuccess: (card) => {
      void cache.invalidateQueries({ queryKey: ["cards"] });
      onRaised(card);
    },
  });
  const english = i18n.language.startsWith("en");
  return (
    <Modal open title={t("raise.title")} onCancel={onClose} onOk={form.submit} okText={t("raise.do")} confirmLoading={raise.isPending}>
      <Form<Raise> form={form} layout="vertical" onFinish={(v) => raise.mutate({ ...v, number: v.number?.trim(), reason: v.reason.trim() })}>
        <Form.Item name="rule" label={t("card.rule")} rules={[{ required: true, message: t("raise.ruleNeeded") }]}>
          <Select options={rules.data?.rules.filter((r) => r.byHand).map((r) => ({ value: r.id, label: `${r.id} ${english ? r.en : r.zh}` }))} />
        </Form.Item>
        <Form.Item name="org" label={t("card.org")} rules={[{ required: true, message: t("raise.orgNeeded") }]}>
          <OrgPick label={t("card.org")} width="100%" />
        </Form.Item>
        <Form.Item name="number" label={t("raise.number")}>
          <Input maxLength={64} />
        </Form.Item>
        <Form.Item name="reason" label={t("raise.reason")} rules={[{ required: true, whitespace: true, message: t("reasonNeeded") }]}>
          <Input.TextArea rows={3} maxLength={2000} showCount />
        </Form.Item>
        <Refusal error={raise.error} />
      </Form>
    </Modal>
  );
}
