// Where an analyst's day begins: what waits for a second person, what is being written, what is in force.
import { FileAddOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, Button, Input, Table, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { listItems } from "../../api/gen/sdk.gen";
import type { DefinitionDraft, Item } from "../../api/gen/types.gen";
import { useAccount } from "../../app/session";
import { Broken, Loading, Nothing } from "../../parts/States";
import { minute } from "../../parts/time";
import { comma } from "../../texts/marks";
import { NewDraft } from "./NewDraft";
import "./analyst.css";
import { draftsQuery } from "./compare-texts";
import { itemsRoute } from "./routes";

export default function Catalogue() {
  const { t } = useTranslation("analyst");
  const { q = "" } = itemsRoute.useSearch();
  const navigate = itemsRoute.useNavigate();
  const items = useQuery({ queryKey: ["items", "all"], queryFn: async () => (await answer(listItems())).items });
  const drafts = useInfiniteQuery(draftsQuery);
  if (items.error) return <Broken error={items.error} again={() => void items.refetch()} />;
  if (!items.data) return <Loading />;
  const has = (...words: (string | undefined)[]) => words.some((w) => w?.toLowerCase().includes(q.toLowerCase()));
  return (
    <div className="page rows">
      <div className="page-head">
        <h1>{t("catalogue.title")}</h1>
        <Input.Search allowClear aria-label={t("catalogue.search")} placeholder={t("catalogue.search")} style={{ width: 280 }} defaultValue={q}
          onChange={(e) => void navigate({ search: e.target.value ? { q: e.target.value } : {}, replace: true })} />
        <span className="grow" />
        <NewDraft from={{ name: t("catalogue.newName") }} type="primary" icon={<FileAddOutlined />}>{t("catalogue.new")}</NewDraft>
      </div>
      {drafts.error ? <Broken error={drafts.error} again={() => void drafts.refetch()} /> : <Drafts drafts={(drafts.data ?? []).filter((d) => has(d.name))} older={drafts.hasNextPage ? () => void drafts.fetchNextPage() : undefined} busy={drafts.isFetchingNextPage} />}
      <section>
        <h2 className="pane-head">{t("catalogue.items")}</h2>
        <Table<Item>
          size="small" rowKey="id" dataSource={items.data.filter((i) => has(i.name, i.code, i.id))}
          pagination={{ pageSize: 20, hideOnSinglePage: true }}
          locale={{ emptyText: <Nothing text={q ? t("catalogue.notFound") : t("catalogue.empty")} /> }}
          columns={[
            { title: t("catalogue.name"), render: (_, i) => <Link to="/items/$item" params={{ item: i.id }}>{i.name}</Link> },
            { title: t("catalogue.code"), dataIndex: "code", className: "number" },
            { title: t("catalogue.current"), render: (_, i) => (i.current ? <span className="number">{i.current.version}</span> : <Tag>{t("catalogue.noCurrent")}</Tag>) },
            { title: t("catalogue.since"), render: (_, i) => <span className="number">{i.current?.effective}</span> },
            { title: t("catalogue.act"), render: (_, i) => <NewDraft from={{ item: i.id }} size="small" disabled={!i.current}>{t("catalogue.edit")}</NewDraft> },
          ]}
        />
      </section>
    </div>
  );
}

function Drafts({ drafts, older, busy }: { drafts: DefinitionDraft[]; older: (() => void) | undefined; busy: boolean }) {
  const { t } = useTranslation("analyst");
  const account = useAccount();
  const mine = drafts.filter((d) => d.state === "asked" && !d.writers.some((w) => w.id === account.id));
  return (
    <section>
      <h2 className="pane-head">{t("catalogue.drafts")}</h2>
      {mine.length > 0 && <Alert type="info" showIcon style={{ marginBottom: 8 }} title={t("catalogue.waiting", { count: mine.length })} />}
      <Table<DefinitionDraft>
        size="small" rowKey="id" pagination={{ pageSize: 10, hideOnSinglePage: true }}
        dataSource={[...drafts].sort((a, b) => Number(b.state === "asked") - Number(a.state === "asked"))}
        locale={{ emptyText: <Nothing text={t("catalogue.noDrafts")} /> }}
        columns={[
          { title: t("catalogue.draft"), render: (_, d) => <Link to="/editor/$draft" params={{ draft: d.id }} search={d.state === "asked" ? { pane: "publish" } : {}}>{d.name}</Link> },
          { title: t("catalogue.state"), render: (_, d) => <Tag color={d.state === "asked" ? "gold" : "blue"}>{t(`draftState.${d.state}`)}</Tag> },
          { title: t("catalogue.base"), render: (_, d) => (d.base ? <span className="number">{d.base.version}</span> : t("catalogue.noBase")) },
          { title: t("catalogue.writers"), render: (_, d) => d.writers.map((w) => w.name).join(comma()) },
          { title: t("catalogue.changed"), render: (_, d) => <span className="number">{minute(d.changedAt)} · {d.changedBy.name}</span> },
        ]}
      />
      {older && <Button size="small" loading={busy} onClick={older} style={{ marginTop: 8 }}>{t("catalogue.older")}</Button>}
    </section>
  );
}
