// Who stands in for whom, from when until when; and a whole desk handed over.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, DatePicker, Form, Input, Popconfirm, Select, Table } from "antd";
import dayjs from "dayjs";
import type { Dayjs } from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, newKey } from "../../api/client";
import { endDeputy, handOverDesk, listDeputies, listPeople, putDeputy } from "../../api/gen/sdk.gen";
import type { BatchResult, Deputy } from "../../api/gen/types.gen";
import { clockQuery } from "../../app/BusinessTime";
import { inLanguage } from "../../app/language";
import { has, useAccount } from "../../app/session";
import { CaseLink } from "../../parts/CaseLink";
import { Refusal, useRefusal } from "../../parts/Refusal";
import { Broken, Nothing } from "../../parts/States";
import { clean } from "../../parts/search";
import { day } from "../../parts/time";

export default function Deputies() {
  const { t } = useTranslation("admin");
  const cache = useQueryClient();
  const refuse = useRefusal();
  const list = useQuery({ queryKey: ["deputies"], queryFn: () => answer(listDeputies()) });
  const end = useMutation({
    mutationFn: (id: string) => answer(endDeputy({ path: { id } })),
    onSuccess: () => void cache.invalidateQueries({ queryKey: ["deputies"] }),
    onError: refuse,
  });
  if (list.error) return <Broken error={list.error} again={() => void list.refetch()} />;
  return (
    <div className="page rows">
      <div className="page-head" style={{ marginBottom: 0 }}><h1>{t("deputy.title")}</h1></div>
      <div className="columns">
        <div className="wide rows">
          <Table<Deputy> size="small" rowKey="id" loading={list.isPending} dataSource={list.data?.deputies ?? []} pagination={false} locale={{ emptyText: <Nothing text={t("deputy.none")} /> }} columns={[
            { title: t("deputy.away"), dataIndex: "accountName" },
            { title: t("deputy.deputy"), dataIndex: "deputyName" },
            { title: t("deputy.days"), key: "days", width: 220, render: (_, d) => <span className="number">{d.from} — {d.until}</span> },
            { title: t("acts"), key: "acts", width: 90, render: (_, d) => <Popconfirm title={t("deputy.endSure")} onConfirm={() => end.mutate(d.id)}><Button size="small">{t("deputy.end")}</Button></Popconfirm> },
          ]} />
        </div>
        <div className="side rows">
          <Card size="small" title={t("deputy.add")}><Name /></Card>
          <Card size="small" title={t("deputy.handOver")}><HandOver /></Card>
        </div>
      </div>
    </div>
  );
}

function usePeople() {
  const account = useAccount();
  const { data, isLoading } = useQuery({ queryKey: ["people", "colleagues", account.org], queryFn: () => answer(listPeople({ query: { org: account.org, limit: 200 } })) });
  return { loading: isLoading, options: (data?.people ?? []).map((p) => ({ value: p.id, label: `${p.name} ${p.login}` })) };
}

/** Heads name somebody for anybody of the organisation, the others for themselves. */
function heads(account: ReturnType<typeof useAccount>): boolean {
  return has(account, "organ-head");
}

function Name() {
  const { t } = useTranslation("admin");
  const { message } = App.useApp();
  const account = useAccount();
  const people = usePeople();
  const clock = useQuery(clockQuery);
  const cache = useQueryClient();
  const [form] = Form.useForm<{ account?: string; deputy: string; days: [Dayjs, Dayjs] }>();
  const put = useMutation({
    mutationFn: (v: { account?: string; deputy: string; days: [Dayjs, Dayjs] }) =>
      answer(putDeputy({ body: clean({ account: v.account, deputy: v.deputy, from: v.days[0].format("YYYY-MM-DD"), until: v.days[1].format("YYYY-MM-DD") }) as { deputy: string; until: string } })),
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: ["deputies"] });
      void message.success(t("saved"));
      form.resetFields();
    },
  });
  return (
    <Form form={form} layout="vertical" onFinish={put.mutate} validateTrigger="onSubmit">
      {heads(account) && <Form.Item name="account" label={t("deputy.away")} extra={t("deputy.selfWhenEmpty")}><Select allowClear loading={people.loading} showSearch={{ optionFilterProp: "label" }} options={people.options} /></Form.Item>}
      <Form.Item name="deputy" label={t("deputy.deputy")} rules={[{ required: true, message: t("needed") }]}><Select loading={people.loading} showSearch={{ optionFilterProp: "label" }} options={people.options} /></Form.Item>
      <Form.Item name="days" label={t("deputy.days")} rules={[{ required: true, message: t("needed") }]}><DatePicker.RangePicker aria-label={t("deputy.days")} style={{ width: "100%" }} {...(clock.data ? { minDate: dayjs(day(clock.data.now)) } : {})} /></Form.Item>
      <Refusal error={put.error} />
      <Button type="primary" htmlType="submit" loading={put.isPending} style={{ marginTop: 8 }}>{t("common:action.save")}</Button>
    </Form>
  );
}

function HandOver() {
  const { t, i18n } = useTranslation("admin");
  const account = useAccount();
  const people = usePeople();
  // The same key goes on where it stopped.
  const [key] = useState(newKey);
  const hand = useMutation({
    mutationFn: (v: { account?: string; successor: string; reason: string }) => answer(handOverDesk({ body: clean(v) as { successor: string; reason: string }, headers: { "Idempotency-Key": key } })),
  });
  return (
    <Form layout="vertical" onFinish={hand.mutate}>
      {heads(account) && <Form.Item name="account" label={t("deputy.leaves")} extra={t("deputy.selfWhenEmpty")}><Select allowClear loading={people.loading} showSearch={{ optionFilterProp: "label" }} options={people.options} /></Form.Item>}
      <Form.Item name="successor" label={t("deputy.successor")} rules={[{ required: true, message: t("needed") }]}><Select loading={people.loading} showSearch={{ optionFilterProp: "label" }} options={people.options} /></Form.Item>
      <Form.Item name="reason" label={t("deputy.reason")} rules={[{ required: true, whitespace: true, max: 2000, message: t("needed") }]}><Input.TextArea rows={2} /></Form.Item>
      <Refusal error={hand.error} />
      <Button htmlType="submit" loading={hand.isPending} style={{ marginTop: 8 }}>{t("deputy.handOver")}</Button>
      {hand.data && <Handed of={hand.data} lang={i18n.language} />}
    </Form>
  );
}

function Handed({ of, lang }: { of: BatchResult; lang: string }) {
  const { t } = useTranslation("admin");
  const failed = of.results.filter((r) => r.state === "refused");
  return (
    <div role="status" style={{ marginTop: 8 }}>
      {t("deputy.handed", { count: of.results.filter((r) => r.state === "done").length })}
      {failed.length > 0 && <ul>{failed.map((r) => <li key={r.number}><CaseLink number={r.number} /> {r.problem && inLanguage(r.problem, lang)}</li>)}</ul>}
    </div>
  );
}
