// A notice of holidays: entered or read from a file, its effect on open cases seen, then loaded.
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Card, DatePicker, Form, Input, InputNumber, Radio, Select, Table, Upload } from "antd";
import dayjs from "dayjs";
import type { Dayjs } from "dayjs";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, newKey } from "../../api/client";
import { loadCalendars, previewCalendars } from "../../api/gen/sdk.gen";
import type { CalendarContent, CalendarMove } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { CaseLink } from "../../parts/CaseLink";
import { Refusal } from "../../parts/Refusal";
import { aside } from "../../texts/marks";
import { contentOf, readNotice } from "./notice";
import type { Notice } from "./notice";

interface Values extends Omit<Notice, "days" | "issued"> {
  issued?: Dayjs | null;
  days?: { work: boolean; span: [Dayjs, Dayjs]; name: string }[];
}

const word = (d: Dayjs) => d.format("YYYY-MM-DD");

function toNotice(v: Values): Notice {
  const { issued, days, ...rest } = v;
  return { ...rest, ...(issued ? { issued: word(issued) } : {}), days: (days ?? []).map((d) => ({ work: d.work, from: word(d.span[0]), to: word(d.span[1]), name: d.name })) };
}

interface Seen {
  content: CalendarContent;
  cases: number;
  moves: CalendarMove[];
}

export function LoadNotice({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("admin");
  const { message } = App.useApp();
  const cache = useQueryClient();
  const [form] = Form.useForm<Values>();
  const [looked, setLooked] = useState(0);
  const [fault, setFault] = useState<string>();
  const key = useRef(newKey());
  const stopped = useRef(false);
  const preview = useMutation({
    mutationFn: async (content: CalendarContent): Promise<Seen> => {
      const seen: Seen = { content, cases: 0, moves: [] };
      stopped.current = false;
      for (let after: string | undefined; !stopped.current; ) {
        const page = await answer(previewCalendars({ body: content, query: { limit: 200, ...(after ? { after } : {}) } }));
        seen.cases += page.cases;
        seen.moves.push(...page.moves);
        setLooked(seen.cases);
        after = page.next;
        if (!after) break;
      }
      return seen;
    },
  });
  const load = useMutation({
    mutationFn: (content: CalendarContent) => answer(loadCalendars({ body: content, headers: { "Idempotency-Key": key.current } })),
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: ["calendars"] });
      void message.success(t("calendar.loaded"));
      onClose();
    },
  });
  const read = async (file: File) => {
    const notice = await readNotice(await file.text());
    if (typeof notice === "string") return setFault(t(`calendar.fault.${notice}`));
    setFault(undefined);
    preview.reset();
    form.setFieldsValue({ ...notice, issued: notice.issued ? dayjs(notice.issued) : null, days: notice.days.map((d) => ({ work: d.work, span: [dayjs(d.from), dayjs(d.to)], name: d.name })) });
  };
  return (
    <Card size="small" title={t("calendar.load")} extra={<Upload accept=".yaml,.yml,.json" showUploadList={false} beforeUpload={(f) => { void read(f); return false; }}><Button size="small">{t("calendar.file")}</Button></Upload>}>
      {fault && <Alert type="warning" showIcon role="alert" title={fault} style={{ marginBottom: 8 }} />}
      <Form<Values>
        form={form} layout="vertical" initialValues={{ scope: "year", days: [] }}
        onValuesChange={() => {
          // What was seen is of another notice now; so is the key of loading it.
          stopped.current = true;
          key.current = newKey();
          preview.reset();
          load.reset();
        }}
        onFinish={(v) => { setLooked(0); preview.mutate(contentOf(toNotice(v))); }}
      >
        <Fields />
        <Days />
        <Refusal error={preview.error ?? load.error} />
        <div style={{ display: "flex", gap: 8, alignItems: "center", marginTop: 8 }}>
          <Button type={preview.data ? "default" : "primary"} htmlType="submit" loading={preview.isPending}>{t("calendar.preview")}</Button>
          {preview.data && <Button type="primary" loading={load.isPending} onClick={() => load.mutate(preview.data.content)}>{t("calendar.yes")}</Button>}
          <Button onClick={() => { stopped.current = true; onClose(); }}>{t("common:action.cancel")}</Button>
          {preview.isPending && <span role="status" className="muted">{t("calendar.looking", { count: looked })}</span>}
        </div>
      </Form>
      {preview.data && <Moves seen={preview.data} />}
    </Card>
  );
}

function Fields() {
  const { t } = useTranslation("admin");
  const scope = Form.useWatch<Values["scope"]>("scope");
  return (
    <div style={{ display: "flex", gap: 12, flexWrap: "wrap" }}>
      <Form.Item name="scope" label={t("calendar.scope")}><Radio.Group options={[{ value: "year", label: t("calendar.ofYear") }, { value: "region", label: t("calendar.ofRegion") }]} /></Form.Item>
      {scope === "region"
        ? <Form.Item name="region" label={t("region")} rules={[{ required: true, pattern: /^[0-9]{1,12}$/, message: t("regionRule") }]}><Input inputMode="numeric" style={{ width: 130 }} /></Form.Item>
        : <Form.Item name="year" label={t("calendar.year")} rules={[{ required: true, message: t("needed") }]}><InputNumber min={1950} max={2199} style={{ width: 100 }} /></Form.Item>}
      <Form.Item name="name" label={t("calendar.notice")} style={{ flex: "2 1 320px" }} rules={[{ required: true, whitespace: true, max: 500, message: t("needed") }]}><Input /></Form.Item>
      <Form.Item name="number" label={t("calendar.number")} style={{ flex: "1 1 160px" }} rules={[{ max: 200 }]}><Input /></Form.Item>
      <Form.Item name="issued" label={t("calendar.issued")}><DatePicker /></Form.Item>
    </div>
  );
}

function Days() {
  const { t } = useTranslation("admin");
  return (
    <Form.List name="days">
      {(fields, { add, remove }) => (
        <fieldset className="group">
          <legend>{t("calendar.days")}</legend>
          {fields.map((f) => (
            <div key={f.key} style={{ display: "flex", gap: 8 }}>
              <Form.Item name={[f.name, "work"]} style={{ marginBottom: 6 }}><Select aria-label={t("calendar.kind")} style={{ width: 110 }} options={[{ value: false, label: t("calendar.off") }, { value: true, label: t("calendar.work") }]} /></Form.Item>
              <Form.Item name={[f.name, "span"]} style={{ marginBottom: 6 }} rules={[{ required: true, message: t("needed") }]}><DatePicker.RangePicker aria-label={t("calendar.span")} /></Form.Item>
              <Form.Item name={[f.name, "name"]} style={{ marginBottom: 6, flex: 1 }} rules={[{ required: true, whitespace: true, max: 200, message: t("needed") }]}><Input aria-label={t("calendar.dayName")} placeholder={t("calendar.dayName")} /></Form.Item>
              <Button type="text" icon={<DeleteOutlined />} aria-label={t("common:action.remove")} onClick={() => remove(f.name)} />
            </div>
          ))}
          <Button type="link" size="small" icon={<PlusOutlined aria-hidden />} onClick={() => add({ work: false })}>{t("calendar.addDay")}</Button>
        </fieldset>
      )}
    </Form.List>
  );
}

/** Which open dates would move: nothing has been changed yet. */
function Moves({ seen }: { seen: Seen }) {
  const { t, i18n } = useTranslation("admin");
  const sure = (provisional: boolean | undefined) => (provisional ? aside(t("common:due.provisional")) : "");
  return (
    <div style={{ marginTop: 12 }}>
      <Alert type={seen.moves.length ? "warning" : "info"} showIcon role="status" title={t("calendar.moves", { count: seen.moves.length, cases: seen.cases })} style={{ marginBottom: 8 }} />
      {seen.moves.length > 0 && (
        <Table<CalendarMove> size="small" rowKey={(m) => m.number + m.clock} dataSource={seen.moves} pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }} columns={[
          { title: t("case:number"), key: "number", render: (_, m) => <CaseLink number={m.number} /> },
          { title: t("calendar.clock"), key: "clock", render: (_, m) => inLanguage(m.name, i18n.language) },
          { title: t("calendar.was"), key: "from", width: 160, render: (_, m) => <span className="number">{m.from}{sure(m.was)}</span> },
          { title: t("calendar.becomes"), key: "to", width: 160, render: (_, m) => <strong className="number">{m.to}{sure(m.is)}</strong> },
        ]} />
      )}
    </div>
  );
}
