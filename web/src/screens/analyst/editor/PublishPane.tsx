// The way to a version: somebody asks, with a note and a day; a second person publishes or sends back.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, Button, DatePicker, Form, Input, Modal, Result, Skeleton, Space, Timeline } from "antd";
import dayjs from "dayjs";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer } from "../../../api/client";
import { publishDefinitionDraft, requestPublication, returnDefinitionDraft, withdrawPublication } from "../../../api/gen/sdk.gen";
import type { DefinitionDraft, DefinitionRequest, Published } from "../../../api/gen/types.gen";
import { clockQuery } from "../../../app/BusinessTime";
import { useAccount } from "../../../app/session";
import { Refusal } from "../../../parts/Refusal";
import { day, minute } from "../../../parts/time";
import { comma } from "../../../texts/marks";

interface Props {
  draft: DefinitionDraft;
  errors: number | undefined;
  testsOk: boolean | undefined;
  effective: string;
  /** Saves what is not saved, and gives the draft as it is then. */
  onSave: () => Promise<DefinitionDraft | undefined>;
  onChanged: (d: DefinitionDraft) => void;
}

export function PublishPane(props: Props) {
  const { t } = useTranslation("analyst");
  const { draft } = props;
  const [published, setPublished] = useState<Published>();
  if (published) {
    const v = published.version;
    return (
      <Result
        status="success"
        title={t("publish.done", { name: v.name, version: v.version })}
        subTitle={t("publish.doneWhy", { day: v.effective })}
        extra={<Link to="/items/$item" params={{ item: v.item }}>{t("publish.toItem")}</Link>}
      />
    );
  }
  return (
    <div className="rows pane-scroll">
      {draft.state === "open" && <Ask {...props} />}
      {draft.state === "asked" && <Decide {...props} onPublished={setPublished} />}
      {draft.state === "published" && <Alert type="success" showIcon title={t("publish.already")} />}
      <section>
        <h3 className="pane-head">{t("publish.history")}</h3>
        {(draft.requests ?? []).length === 0 ? <p className="muted">{t("publish.noHistory")}</p> : (
          <Timeline items={draft.requests!.map((r) => ({ key: r.askedAt, content: <RequestLine request={r} /> }))} />
        )}
      </section>
    </div>
  );
}

function Ask({ draft, errors, testsOk, effective, onSave, onChanged }: Props) {
  const { t } = useTranslation("analyst");
  const ask = useMutation({
    mutationFn: async (f: { note: string; effective: Dayjs }) => {
      const now = (await onSave()) ?? draft;
      return answer(requestPublication({ path: { draft: draft.id }, body: { revision: now.revision, note: f.note, effective: f.effective.format("YYYY-MM-DD") } }));
    },
    onSuccess: onChanged,
  });
  const clock = useQuery(clockQuery);
  if (!clock.data) return <Skeleton active />;
  const today = dayjs(day(clock.data.now));
  const written = dayjs(effective);
  return (
    <Form layout="vertical" onFinish={(f: { note: string; effective: Dayjs }) => ask.mutate(f)} initialValues={{ effective: written.isValid() && !written.isBefore(today) ? written : today.add(1, "day") }}>
      <h3 className="pane-head">{t("publish.ask")}</h3>
      <p className="muted">{t("publish.askWhy")}</p>
      {!!errors && <Alert type="error" showIcon title={t("publish.errors", { count: errors })} style={{ marginBottom: 12 }} />}
      {testsOk === false && <Alert type="error" showIcon title={t("publish.testsBroken")} style={{ marginBottom: 12 }} />}
      <Form.Item name="note" label={t("publish.note")} rules={[{ required: true, whitespace: true, message: t("publish.noteNeeded") }]}>
        <Input.TextArea rows={4} maxLength={2000} showCount placeholder={t("publish.noteHint")} />
      </Form.Item>
      <Form.Item name="effective" label={t("publish.effective")} extra={t("publish.effectiveWhy")} rules={[{ required: true, message: t("publish.effectiveNeeded") }]}>
        <DatePicker disabledDate={(d) => d.isBefore(today, "day")} allowClear={false} />
      </Form.Item>
      <Refusal error={ask.error} onClose={() => ask.reset()} />
      <Button type="primary" htmlType="submit" loading={ask.isPending} style={{ marginTop: 8 }}>{t("publish.ask")}</Button>
    </Form>
  );
}

function Decide({ draft, onChanged, onPublished }: Props & { onPublished: (p: Published) => void }) {
  const { t } = useTranslation("analyst");
  const account = useAccount();
  const cache = useQueryClient();
  const [sending, setSending] = useState(false);
  const stale = () => void cache.invalidateQueries({ queryKey: ["items"] });
  const publish = useMutation({
    mutationFn: () => answer(publishDefinitionDraft({ path: { draft: draft.id }, body: { revision: draft.revision } })),
    onSuccess: (p) => {
      stale();
      onPublished(p);
    },
  });
  const back = useMutation({
    mutationFn: (reason: string) => answer(returnDefinitionDraft({ path: { draft: draft.id }, body: { reason } })),
    onSuccess: (d) => {
      setSending(false);
      onChanged(d);
    },
  });
  const withdraw = useMutation({ mutationFn: () => answer(withdrawPublication({ path: { draft: draft.id } })), onSuccess: onChanged });
  const writer = draft.writers.some((w) => w.id === account.id);
  const request = draft.requests?.find((r) => !r.decision);
  return (
    <section className="rows">
      <h3 className="pane-head">{t("publish.asked")}</h3>
      {request && <Alert type="info" showIcon title={t("publish.askedBy", { name: request.askedBy.name, at: minute(request.askedAt) })} description={<div style={{ whiteSpace: "pre-wrap" }}>{request.note}</div>} />}
      {draft.mayDecide ? <p className="muted">{t("publish.second")}</p> : <p className="muted">{t("publish.notYou", { names: draft.writers.map((w) => w.name).join(comma()) })}</p>}
      <Refusal error={publish.error ?? withdraw.error} onClose={() => (publish.reset(), withdraw.reset())} />
      <Space>
        {draft.mayDecide && <Button type="primary" loading={publish.isPending} onClick={() => publish.mutate()}>{t("publish.publish")}</Button>}
        {draft.mayDecide && <Button danger onClick={() => setSending(true)}>{t("publish.return")}</Button>}
        {writer && <Button loading={withdraw.isPending} onClick={() => withdraw.mutate()}>{t("publish.withdraw")}</Button>}
      </Space>
      <ReasonModal open={sending} title={t("publish.return")} busy={back.isPending} error={back.error} onCancel={() => (back.reset(), setSending(false))} onDone={(reason) => back.mutate(reason)} />
    </section>
  );
}

/** Asks for a reason; the refusal stands in it. */
export function ReasonModal({ open, title, busy, error, onCancel, onDone }: {
  open: boolean; title: string; busy: boolean; error: unknown; onCancel: () => void; onDone: (reason: string) => void;
}) {
  const { t } = useTranslation("analyst");
  const [form] = Form.useForm<{ reason: string }>();
  return (
    <Modal open={open} title={title} okText={title} confirmLoading={busy} onCancel={onCancel} onOk={() => form.submit()} destroyOnHidden>
      <Form form={form} layout="vertical" preserve={false} onFinish={(f) => onDone(f.reason)}>
        <Form.Item name="reason" label={t("reason")} rules={[{ required: true, whitespace: true, message: t("reasonNeeded") }]}>
          <Input.TextArea rows={3} maxLength={2000} autoFocus />
        </Form.Item>
        <Refusal error={error} />
      </Form>
    </Modal>
  );
}

function RequestLine({ request: r }: { request: DefinitionRequest }) {
  const { t } = useTranslation("analyst");
  return (
    <div>
      <div>{t("publish.askedBy", { name: r.askedBy.name, at: minute(r.askedAt) })}</div>
      <div style={{ whiteSpace: "pre-wrap" }}>{r.note}</div>
      {r.decision && r.decidedAt && (
        <div className="muted">
          {t(`decision.${r.decision}`, { name: r.decidedBy?.name ?? "", at: minute(r.decidedAt) })} {r.reason} {r.version && t("publish.became", { version: r.version })}
        </div>
      )}
    </div>
  );
}
