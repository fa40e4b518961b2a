// Warnings, yellow and red cards: the list with its filters, one card beside it.
import { PlusOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button, DatePicker, Input, Select, Table } from "antd";
import type { TableColumnsType } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { listCards } from "../../api/gen/sdk.gen";
import type { Card } from "../../api/gen/types.gen";
import { has, useAccount } from "../../app/session";
import { CaseLink } from "../../parts/CaseLink";
import { OrgPick } from "../../parts/OrgPick";
import { Broken, Nothing } from "../../parts/States";
import { clean } from "../../parts/search";
import { day, minute } from "../../parts/time";
import { CardDetail } from "./CardDetail";
import { CardLevel, CardState } from "./CardLevel";
import { RaiseCard } from "./RaiseCard";
import { ItemSelect } from "./ReportFilters";
import { cardsAge, rulesQuery } from "./queries";
import { cardStates, cardsRoute } from "./routes";

/** The instant a day of the hall begins. */
const startOf = (d: string) => `${d}T00:00:00+08:00`;

export default function Cards() {
  const { t, i18n } = useTranslation("supervise");
  const search = cardsRoute.useSearch();
  const { card, from, until, ...filter } = search;
  const go = useNavigate();
  const account = useAccount();
  const [raising, setRaising] = useState(false);
  const change = (next: Partial<typeof search>) => void go({ to: "/cards", search: clean({ ...search, ...next }) });
  const query = clean({ ...filter, from: from && startOf(from), before: until && startOf(dayjs(until).add(1, "day").format("YYYY-MM-DD")) });
  const list = useInfiniteQuery({
    queryKey: ["cards", query],
    queryFn: ({ pageParam }) => answer(listCards({ query: { ...query, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } })),
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
    refetchInterval: cardsAge,
  });
  const rows = list.data?.pages.flatMap((p) => p.cards) ?? [];
  const english = i18n.language.startsWith("en");
  const columns: TableColumnsType<Card> = [
    { title: t("card.id"), dataIndex: "id", width: 64 },
    { title: t("card.level"), key: "level", width: 92, render: (_, c) => <CardLevel level={c.level} /> },
    { title: t("card.what"), key: "what", render: (_, c) => <>
      <Link to="/cards" search={{ ...search, card: c.id }} aria-current={c.id === card ? "true" : undefined}>{english ? c.en : c.zh}</Link>
      <div className="small muted">{c.rule} {english ? c.ruleNameEn : c.ruleName}</div>
    </> },
    ...(card ? [] : [
      { title: t("card.number"), key: "number", width: 200, render: (_: unknown, c: Card) => c.number ? <CaseLink number={c.number} /> : t("card.cases", { count: c.numbers?.length ?? 0 }) },
    ]),
    { title: t("card.org"), key: "org", width: 170, render: (_, c) => <>{c.orgName || c.org}{c.person && <div className="small muted">{c.person}</div>}</> },
    { title: t("card.at"), key: "at", width: 138, render: (_, c) => <span className="number">{minute(c.at)}</span> },
    { title: t("card.status"), key: "status", width: 118, render: (_, c) => <>
      <CardState status={c.status} gone={c.gone} />
      {c.status === "raised" && c.explain && !c.gone && <div className="small muted number">{t("card.explainBy", { day: day(c.explain) })}</div>}
    </> },
  ];
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("cards")}</h1>
        <CardFilters />
        <span className="grow" />
        <Link to="/extensions">{t("extension.title")}</Link>
        {has(account, "supervisor") && <Button icon={<PlusOutlined aria-hidden />} onClick={() => setRaising(true)}>{t("raise.open")}</Button>}
      </div>
      <div className="columns">
        <div className="wide">
          {list.error ? <Broken error={list.error} again={() => void list.refetch()} /> : (
            <Table<Card>
              size="small" rowKey="id" dataSource={rows} columns={columns} loading={list.isPending} pagination={false} scroll={{ x: card ? 620 : 900 }}
              rowClassName={(c) => (c.id === card ? "ant-table-row-selected" : "")}
              locale={{ emptyText: <Nothing text={Object.keys(query).length ? t("noCardsFiltered") : t("noCards")}>
                {Object.keys(query).length > 0 && <Button onClick={() => void go({ to: "/cards", search: {} })}>{t("filter.clear")}</Button>}
              </Nothing> }}
            />
          )}
          {list.hasNextPage && (
            <div style={{ textAlign: "center", marginTop: 12 }}>
              <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("common:action.more")}</Button>
            </div>
          )}
        </div>
        {card && <aside className="side" style={{ flexBasis: 460 }} aria-label={t("card.title", { id: card })}><CardDetail id={card} onClose={() => change({ card: undefined })} /></aside>}
      </div>
      {raising && <RaiseCard onClose={() => setRaising(false)} onRaised={(c) => { setRaising(false); change({ card: c.id }); }} />}
    </div>
  );
}

function CardFilters() {
  const { t, i18n } = useTranslation("supervise");
  const search = cardsRoute.useSearch();
  const go = useNavigate();
  const account = useAccount();
  const rules = useQuery(rulesQuery);
  const change = (next: Partial<typeof search>) => void go({ to: "/cards", search: clean({ ...search, ...next, card: undefined }) });
  const english = i18n.language.startsWith("en");
  return (
    <>
      <Select allowClear placeholder={t("filter.status")} aria-label={t("filter.status")} style={{ width: 100 }} value={search.status}
        options={cardStates.map((s) => ({ value: s, label: t(`status.${s}`) }))} onChange={(status) => change({ status })} />
      <Select allowClear placeholder={t("filter.level")} aria-label={t("filter.level")} style={{ width: 90 }} value={search.level}
        options={[1, 2, 3].map((l) => ({ value: l, label: t(`level.${l}`) }))} onChange={(level) => change({ level })} />
      <Select allowClear showSearch={{ optionFilterProp: "label" }} placeholder={t("filter.rule")} aria-label={t("filter.rule")} style={{ width: 130 }}
        popupMatchSelectWidth={280} value={search.rule} options={rules.data?.rules.map((r) => ({ value: r.id, label: `${r.id} ${english ? r.en : r.zh}` }))} onChange={(rule) => change({ rule })} />
      {has(account, "supervisor") && <OrgPick label={t("filter.org")} width={150} value={search.org} onChange={(org) => change({ org })} />}
      <ItemSelect width={140} value={search.item} onChange={(item) => change({ item })} />
      <DatePicker.RangePicker aria-label={t("filter.days")} style={{ width: 220 }}
        value={search.from && search.until ? [dayjs(search.from), dayjs(search.until)] : null}
        onChange={(r) => change({ from: r?.[0]?.format("YYYY-MM-DD"), until: r?.[1]?.format("YYYY-MM-DD") })} />
      <Input.Search allowClear placeholder={t("filter.number")} aria-label={t("filter.number")} style={{ width: 150 }} key={search.number ?? ""}
        defaultValue={search.number} onSearch={(number) => change({ number: number.trim() || undefined })} />
    </>
  );
}
