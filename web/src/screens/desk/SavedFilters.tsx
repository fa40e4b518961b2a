// Filters of the inbox somebody keeps under a name. They are kept under the account, so they follow the person to any desk.
import { DeleteOutlined, FilterOutlined } from "@ant-design/icons";
import { Button, Dropdown, Form, Input, Popover, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDraft } from "../../parts/useDraft";
import { inboxFilter } from "./routes";
import type { InboxFilter } from "./routes";

interface Kept { name: string; filter: InboxFilter }

const none: { list: Kept[] } = { list: [] };

/** As many as a list can show without becoming a search of its own. */
const most = 20;

export function SavedFilters({ filter, onPick }: { filter: InboxFilter; onPick: (f: InboxFilter) => void }) {
  const { t } = useTranslation("desk");
  const kept = useDraft("inbox.filters", none);
  const [naming, setNaming] = useState(false);
  const list = kept.value?.list ?? [];
  const keep = ({ name }: { name: string }) => {
    kept.set(({ list }) => ({ list: [...list.filter((x) => x.name !== name.trim()), { name: name.trim(), filter }].slice(-most) }));
    setNaming(false);
  };
  return (
    <Space.Compact>
      <Dropdown trigger={["click"]} disabled={list.length === 0} menu={{
        items: list.map((x) => ({
          key: x.name,
          label: x.name,
          extra: <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={t("filters.drop", { name: x.name })} onClick={(e) => {
            e.stopPropagation();
            kept.set(({ list }) => ({ list: list.filter((y) => y.name !== x.name) }));
          }} />,
          onClick: () => onPick(inboxFilter(x.filter as Record<string, unknown>)),
        })),
      }}>
        <Button icon={<FilterOutlined />}>{t("filters.mine")}</Button>
      </Dropdown>
      <Popover trigger="click" open={naming} onOpenChange={setNaming} title={t("filters.keep")} content={
        <Form layout="vertical" onFinish={keep} requiredMark={false}>
          <Form.Item name="name" label={t("filters.name")} rules={[{ required: true, whitespace: true, max: 40, message: t("filters.needName") }]}><Input autoFocus maxLength={40} /></Form.Item>
          <Button type="primary" htmlType="submit" size="small">{t("filters.save")}</Button>
        </Form>
      }>
        <Button disabled={Object.keys(filter).length === 0 || kept.value === undefined}>{t("filters.keep")}</Button>
      </Popover>
    </Space.Compact>
  );
}
