// Letting an organisation play a party from a day on, and ending that.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, DatePicker, Form, Input, Modal, Select } from "antd";
import dayjs from "dayjs";
import type { Dayjs } from "dayjs";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { endParty, putParty } from "../../api/gen/sdk.gen";
import type { PartyChange, PartyEntry } from "../../api/gen/types.gen";
import { clockQuery } from "../../app/BusinessTime";
import { OrgPick } from "../../parts/OrgPick";
import { clean } from "../../parts/search";
import { day } from "../../parts/time";
import { Conflict } from "./Conflict";
import { itemsQuery } from "./queries";

export interface Wanted {
  item?: string;
  party?: string;
  region?: string;
  /** Who has been seen in force: the change is refused when it is somebody else by now. */
  instead?: string;
}

interface Values {
  item: string;
  party: string;
  region: string;
  org: string;
  from: Dayjs;
  until?: Dayjs | null;
}

const subject = (v: { item?: string; party?: string; region?: string }) => [v.item, v.party, v.region].join("/");

function useDone(onClose: () => void) {
  const { t } = useTranslation("admin");
  const { message } = App.useApp();
  const cache = useQueryClient();
  return () => {
    void cache.invalidateQueries({ queryKey: ["parties"] });
    void cache.invalidateQueries({ queryKey: ["organisations"] });
    void message.success(t("saved"));
    onClose();
  };
}

export function PartyForm({ wanted, onClose }: { wanted: Wanted; onClose: () => void }) {
  const { t } = useTranslation("admin");
  const cache = useQueryClient();
  const items = useQuery(itemsQuery);
  const clock = useQuery(clockQuery);
  const done = useDone(onClose);
  const [form] = Form.useForm<Values>();
  const today = clock.data ? day(clock.data.now) : undefined;
  const save = useMutation({
    mutationFn: (v: Values) => answer(putParty({ body: clean({ ...v, from: v.from.format("YYYY-MM-DD"), until: v.until ? v.until.format("YYYY-MM-DD") : undefined, instead: wanted.instead }) as PartyChange })),
    onSuccess: done,
  });
  return (
    <Modal open title={wanted.instead ? t("party.replace") : t("party.put")} onCancel={onClose} onOk={form.submit} confirmLoading={save.isPending} okText={t("common:action.save")}>
      <Form<Values> form={form} layout="vertical" onFinish={save.mutate} initialValues={{ item: "*", ...wanted }}>
        <Form.Item name="item" label={t("party.item")} rules={[{ required: true }]}>
          <Select disabled={!!wanted.item} showSearch={{ optionFilterProp: "label" }} options={[{ value: "*", label: t("party.everyItem") }, ...(items.data?.items ?? []).map((i) => ({ value: i.id, label: i.name }))]} />
        </Form.Item>
        <div style={{ display: "flex", gap: 12 }}>
          <Form.Item name="party" label={t("party.party")} style={{ flex: 1 }} rules={[{ required: true, pattern: /^[a-z][A-Za-z0-9]*$/, message: t("party.partyRule") }]}><Input disabled={!!wanted.party} /></Form.Item>
          <Form.Item name="region" label={t("region")} style={{ flex: 1 }} rules={[{ required: true, pattern: /^[0-9]{6,12}$/, message: t("regionRule") }]}><Input inputMode="numeric" disabled={!!wanted.instead} /></Form.Item>
        </div>
        <Form.Item name="org" label={t("party.org")} rules={[{ required: true, message: t("person.orgNeeded") }]}><OrgPick label={t("party.org")} width="100%" /></Form.Item>
        <div style={{ display: "flex", gap: 12 }}>
          <Form.Item name="from" label={t("party.from")} style={{ flex: 1 }} rules={[{ required: true, message: t("party.fromNeeded") }]}>
            <DatePicker style={{ width: "100%" }} {...(wanted.instead && today ? { minDate: dayjs(today) } : {})} />
          </Form.Item>
          <Form.Item name="until" label={t("party.until")} style={{ flex: 1 }} dependencies={["from"]}
            rules={[({ getFieldValue }) => ({ validator: (_, u: Dayjs | null | undefined) => (u && getFieldValue("from") && !u.isAfter(getFieldValue("from") as Dayjs) ? Promise.reject(new Error(t("party.untilRule"))) : Promise.resolve()) })]}>
            <DatePicker style={{ width: "100%" }} />
          </Form.Item>
        </div>
        <p className="small muted">{t("party.why")}</p>
        <Conflict error={save.error} kind="party" subject={subject(form.getFieldsValue())} onReload={() => { void cache.invalidateQueries({ queryKey: ["parties"] }); onClose(); }} />
      </Form>
    </Modal>
  );
}

export function EndParty({ entry, onClose }: { entry: PartyEntry; onClose: () => void }) {
  const { t } = useTranslation("admin");
  const cache = useQueryClient();
  const done = useDone(onClose);
  const [form] = Form.useForm<{ until: Dayjs }>();
  const save = useMutation({
    mutationFn: ({ until }: { until: Dayjs }) => answer(endParty({ body: { item: entry.item, party: entry.party, region: entry.region, org: entry.org, until: until.format("YYYY-MM-DD") } })),
    onSuccess: done,
  });
  return (
    <Modal open title={t("party.endTitle", { org: entry.orgName, party: entry.party })} onCancel={onClose} onOk={form.submit} okButtonProps={{ danger: true }} okText={t("party.end")} confirmLoading={save.isPending}>
      <Form form={form} layout="vertical" onFinish={save.mutate}>
        <Form.Item name="until" label={t("party.endOn")} rules={[{ required: true, message: t("party.fromNeeded") }]}><DatePicker style={{ width: "100%" }} /></Form.Item>
        <p className="small muted">{t("party.endWhy")}</p>
        <Conflict error={save.error} kind="party" subject={subject(entry)} onReload={() => { void cache.invalidateQueries({ queryKey: ["parties"] }); onClose(); }} />
      </Form>
    </Modal>
  );
}
