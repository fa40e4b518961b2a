// Windows of halls: those that take the items they name, and the one that takes everything else.
import { PlusOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { App, Button, Card, Checkbox, Form, Input, Radio, Select, Table } from "antd";
import type { TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { listPeople, putWindow } from "../../api/gen/sdk.gen";
import type { Window, WindowChange } from "../../api/gen/types.gen";
import { Broken, Nothing } from "../../parts/States";
import { clean } from "../../parts/search";
import { Mark } from "../../parts/Mark";
import { comma } from "../../texts/marks";
import { Conflict } from "./Conflict";
import { itemsQuery, orgsQuery, windowsQuery } from "./queries";
import { windowsRoute } from "./routes";

export default function Windows() {
  const { t } = useTranslation("admin");
  const search = windowsRoute.useSearch();
  const go = useNavigate({ from: windowsRoute.fullPath });
  const change = (next: Partial<typeof search>) => void go({ search: clean({ ...search, ...next }) });
  const orgs = useQuery(orgsQuery);
  const items = useQuery(itemsQuery);
  const list = useQuery(windowsQuery(search.hall));
  const halls = (orgs.data?.organisations ?? []).filter((o) => o.kind === "hall" && !o.closedOn);
  const names = (ids: string[]) => ids.map((id) => items.data?.items.find((i) => i.id === id || i.code === id)?.name ?? id).join(comma());
  const columns: TableColumnsType<Window> = [
    { title: t("window.name"), key: "name", render: (_, w) => <><Link to={"/admin/windows" as string} search={{ ...search, window: w.id } as never}>{w.name}</Link> {w.closed && <Mark>{t("window.closed")}</Mark>}<div className="small muted">{w.hallName}</div></> },
    { title: t("window.items"), key: "items", render: (_, w) => (w.fallback ? <Mark tone="info">{t("window.fallback")}</Mark> : names(w.items)) },
    { title: t("window.clerks"), key: "clerks", render: (_, w) => w.clerks.map((c) => c.name).join(comma()) },
  ];
  const chosen = list.data?.windows.find((w) => w.id === search.window);
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("part.windows")}</h1>
        <Select allowClear style={{ width: 220 }} placeholder={t("window.hall")} aria-label={t("window.hall")} value={search.hall} options={halls.map((h) => ({ value: h.code, label: h.name }))} onChange={(hall) => change({ hall })} />
        <span className="grow" />
        <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => change({ window: "+" })}>{t("window.add")}</Button>
      </div>
      <div className="columns">
        <div className="wide">
          {list.error ? <Broken error={list.error} again={() => void list.refetch()} /> : (
            <Table<Window> size="small" rowKey="id" loading={list.isPending} dataSource={list.data?.windows ?? []} columns={columns} pagination={false}
              rowClassName={(w) => (w.id === search.window ? "ant-table-row-selected" : "")} locale={{ emptyText: <Nothing text={t("window.none")} /> }} />
          )}
        </div>
        {(chosen || search.window === "+") && (
          <div className="side" style={{ flexBasis: 440 }}>
            <WindowForm key={(chosen?.id ?? "+") + (chosen?.revision ?? 0)} old={chosen} hall={search.hall} onClose={() => change({ window: undefined })} onMade={(id) => change({ window: id })} />
          </div>
        )}
      </div>
    </div>
  );
}

type Values = Omit<WindowChange, "revision"> & { id: string };

function WindowForm({ old, hall, onClose, onMade }: { old: Window | undefined; hall: string | undefined; onClose: () => void; onMade: (id: string) => void }) {
  const { t } = useTranslation("admin");
  const { message } = App.useApp();
  const cache = useQueryClient();
  const orgs = useQuery(orgsQuery);
  const items = useQuery(itemsQuery);
  const [form] = Form.useForm<Values>();
  const at = Form.useWatch("hall", form) ?? old?.hall ?? hall;
  const fallback = Form.useWatch("fallback", form) ?? old?.fallback ?? false;
  const clerks = useQuery({ queryKey: ["people", "clerks", at], queryFn: () => answer(listPeople({ query: { org: at!, role: "clerk", limit: 200 } })), enabled: !!at });
  const save = useMutation({
    mutationFn: ({ id, ...v }: Values) => answer(putWindow({ path: { id }, body: clean({ ...v, items: v.fallback ? [] : (v.items ?? []), clerks: v.clerks ?? [], revision: old?.revision ?? 0 }) as WindowChange })),
    onSuccess: (w) => {
      void cache.invalidateQueries({ queryKey: ["windows"] });
      void message.success(t("saved"));
      if (!old) onMade(w.id);
    },
  });
  return (
    <Card size="small" title={<h2 style={{ fontSize: 15, margin: 0 }}>{old ? old.name : t("window.add")}</h2>} extra={old && <Link to={"/admin/changes" as string} search={{ kind: "window", subject: old.id } as never}>{t("history")}</Link>}>
      <Form<Values> form={form} className="tight" layout="vertical" onFinish={save.mutate} initialValues={old ? { ...old, clerks: old.clerks.map((c) => c.account) } : { hall, fallback: false, items: [], clerks: [] }}>
        <Form.Item name="id" label={t("window.id")} rules={[{ required: true, pattern: /^[a-z][a-z0-9-]{1,49}$/, message: t("org.codeRule") }]}><Input disabled={!!old} /></Form.Item>
        <Form.Item name="hall" label={t("window.hall")} rules={[{ required: true, message: t("needed") }]}>
          <Select disabled={!!old} options={(orgs.data?.organisations ?? []).filter((o) => o.kind === "hall" && !o.closedOn).map((o) => ({ value: o.code, label: o.name }))} />
        </Form.Item>
        <Form.Item name="name" label={t("window.name")} rules={[{ required: true, whitespace: true, max: 100, message: t("needed") }]}><Input /></Form.Item>
        <Form.Item name="nameEn" label={t("org.nameEn")} rules={[{ max: 200 }]}><Input /></Form.Item>
        <Form.Item name="fallback" label={t("window.takes")}>
          <Radio.Group options={[{ value: false, label: t("window.named") }, { value: true, label: t("window.fallback") }]} />
        </Form.Item>
        {!fallback && (
          <Form.Item name="items" label={t("window.items")} rules={[{ required: true, type: "array", min: 1, message: t("window.itemsNeeded") }]}>
            <Select mode="multiple" showSearch={{ optionFilterProp: "label" }} options={items.data?.items.map((i) => ({ value: i.id, label: i.name }))} />
          </Form.Item>
        )}
        <Form.Item name="clerks" label={t("window.clerks")}><Select mode="multiple" loading={clerks.isFetching} showSearch={{ optionFilterProp: "label" }} options={clerks.data?.people.map((p) => ({ value: p.id, label: p.name }))} /></Form.Item>
        {old && <Form.Item name="closed" valuePropName="checked"><Checkbox>{t("window.closed")}</Checkbox></Form.Item>}
        <Conflict error={save.error} kind="window" subject={old?.id ?? ""} onReload={() => { save.reset(); void cache.invalidateQueries({ queryKey: ["windows"] }); }} />
        <div style={{ display: "flex", gap: 8, marginTop: 8 }}>
          <Button type="primary" htmlType="submit" loading={save.isPending}>{t("common:action.save")}</Button>
          <Button onClick={onClose}>{t("common:action.close")}</Button>
        </div>
      </Form>
    </Card>
  );
}
