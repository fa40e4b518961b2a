// A lost tracking code, given anew against proof that was looked at; what was given before is listed, never the codes.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Card, Form, Input, Modal, Radio, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { listTrackCodes, reissueTrackCode } from "../../api/gen/sdk.gen";
import type { File as Stored, TrackCodeBearer, TrackCodeDocument, TrackCodeProof, TrackCodeReceipt } from "../../api/gen/types.gen";
import { FilePick } from "../../parts/FilePick";
import { Refusal } from "../../parts/Refusal";
import { clean } from "../../parts/search";
import { minute } from "../../parts/time";
import { CodeSlip } from "./CodeSlip";

const bearers: TrackCodeBearer[] = ["applicant", "agent", "representative"];
const documents: TrackCodeDocument[] = ["identity-card", "residence-permit", "travel-permit", "passport", "military-id"];

export function NewCode({ number }: { number: string }) {
  const { t } = useTranslation("window");
  const [open, setOpen] = useState(false);
  const given = useQuery({ queryKey: ["case", number, "track-codes"], queryFn: () => answer(listTrackCodes({ path: { number } })) });
  const issues = given.data?.issues ?? [];
  return (
    <Card size="small" title={t("newCode.card")}>
      <Button onClick={() => setOpen(true)}>{t("newCode.open")}</Button>
      {issues.length > 0 && (
        <ul className="plain small" style={{ marginTop: 8 }} aria-label={t("newCode.given")}>
          {issues.map((i) => (
            <li key={i.at}>
              <span className="number">{minute(i.at)}</span> {t("newCode.to", { who: i.name, bearer: t(`newCode.bearers.${i.bearer}`) })}
              <div className="muted">{t("newCode.shown", { document: t(`newCode.documents.${i.document}`), ending: i.ending })} · {i.orgName} {i.byName} · {i.reason}</div>
            </li>
          ))}
        </ul>
      )}
      {open && <Give number={number} onClose={() => setOpen(false)} />}
    </Card>
  );
}

type Values = Omit<TrackCodeProof, "authority"> & { authority?: Stored };

function Give({ number, onClose }: { number: string; onClose: () => void }) {
  const { t } = useTranslation("window");
  const cache = useQueryClient();
  const [form] = Form.useForm<Values>();
  const bearer = Form.useWatch("bearer", form) ?? "applicant";
  const give = useMutation({
    mutationFn: ({ authority, ...v }: Values): Promise<TrackCodeReceipt> =>
      answer(reissueTrackCode({ path: { number }, body: clean({ ...v, authority: v.bearer === "representative" ? authority?.hash : undefined }) })),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["case", number, "track-codes"] }),
  });
  // A code that is on the screen and nowhere else does not vanish with a click beside it.
  return (
    <Modal open title={t("newCode.title")} width={give.data ? 720 : 520} footer={null} onCancel={onClose} mask={{ closable: !give.data }} keyboard={!give.data}>
      {give.data ? <CodeSlip given={give.data} onClose={onClose} /> : (
        <Form<Values> form={form} layout="vertical" onFinish={give.mutate} initialValues={{ bearer: "applicant", document: "identity-card", reason: t("newCode.usual") }}>
          <Alert type="info" showIcon title={t("newCode.how")} style={{ marginBottom: 12 }} />
          <Form.Item name="bearer" label={t("newCode.bearer")}>
            <Radio.Group options={bearers.map((b) => ({ value: b, label: t(`newCode.bearers.${b}`) }))} />
          </Form.Item>
          <Form.Item name="name" label={t("newCode.name")} rules={[{ required: true, whitespace: true, message: t("newCode.nameNeeded") }]}><Input autoComplete="off" /></Form.Item>
          <Form.Item name="document" label={t("newCode.document")}>
            <Select options={documents.map((d) => ({ value: d, label: t(`newCode.documents.${d}`) }))} />
          </Form.Item>
          <Form.Item name="number" label={t("newCode.number")} rules={[{ required: true, whitespace: true, message: t("newCode.numberNeeded") }]}><Input autoComplete="off" /></Form.Item>
          {bearer === "representative" && (
            <Form.Item name="authority" label={t("newCode.authority")} rules={[{ required: true, message: t("newCode.authorityNeeded") }]}><FilePick label={t("newCode.authorityPick")} /></Form.Item>
          )}
          <Form.Item name="reason" label={t("newCode.reason")} rules={[{ required: true, whitespace: true, message: t("newCode.reasonNeeded") }]}><Input /></Form.Item>
          <Refusal error={give.error} onClose={() => give.reset()} />
          <Button type="primary" htmlType="submit" loading={give.isPending} style={{ marginTop: 8 }}>{t("newCode.give")}</Button>
        </Form>
      )}
    </Modal>
  );
}
