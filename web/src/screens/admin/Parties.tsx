// Who plays which party, where, from when; and the parties nobody plays.
import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Alert, Button, DatePicker, Input, Select, Table } from "antd";
import type { TableColumnsType } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { listParties } from "../../api/gen/sdk.gen";
import type { PartyEntry, PartyGap } from "../../api/gen/types.gen";
import { OrgPick } from "../../parts/OrgPick";
import { Broken, Nothing } from "../../parts/States";
import { clean } from "../../parts/search";
import { Mark } from "../../parts/Mark";
import { colon } from "../../texts/marks";
import { EndParty, PartyForm } from "./PartyForms";
import type { Wanted } from "./PartyForms";
import { gapsQuery, itemsQuery } from "./queries";
import { partiesRoute } from "./routes";

const tones = { past: "plain", current: "good", coming: "info" } as const;

export default function Parties() {
  const { t } = useTranslation("admin");
  const search = partiesRoute.useSearch();
  const go = useNavigate({ from: partiesRoute.fullPath });
  const items = useQuery(itemsQuery);
  const gaps = useQuery(gapsQuery);
  const list = useQuery({ queryKey: ["parties", "list", search], queryFn: () => answer(listParties({ query: search })) });
  const [put, setPut] = useState<Wanted>();
  const [end, setEnd] = useState<PartyEntry>();
  const change = (next: Partial<typeof search>) => void go({ search: clean({ ...search, ...next }) });
  const itemName = (code: string) => (code === "*" ? t("party.everyItem") : (items.data?.items.find((i) => i.id === code || i.code === code)?.name ?? code));
  const columns: TableColumnsType<PartyEntry> = [
    { title: t("party.item"), key: "item", render: (_, p) => itemName(p.item) },
    { title: t("party.party"), dataIndex: "party", width: 130 },
    { title: t("region"), dataIndex: "region", width: 110 },
    { title: t("party.org"), key: "org", render: (_, p) => <>{p.orgName} <span className="small muted">{p.org}</span></> },
    { title: t("party.time"), key: "time", width: 200, render: (_, p) => <span className="number">{p.from ?? "…"} — {p.until ? t("party.before", { day: p.until }) : "…"}</span> },
    { title: t("party.state"), key: "state", width: 90, render: (_, p) => <Mark tone={tones[p.state]}>{t(`party.${p.state}`)}</Mark> },
    { title: t("acts"), key: "acts", width: 140, render: (_, p) => p.state !== "past" && (
      <span style={{ display: "inline-flex", gap: 8 }}>
        <Button type="link" size="small" style={{ padding: 0 }} onClick={() => setPut({ ...p, instead: p.org })}>{t("party.replace")}</Button>
        <Button type="link" size="small" style={{ padding: 0 }} onClick={() => setEnd(p)}>{t("party.end")}</Button>
      </span>
    ) },
  ];
  return (
    <div className="page rows">
      <div className="page-head" style={{ marginBottom: 0 }}>
        <h1>{t("part.parties")}</h1>
        <Select allowClear showSearch={{ optionFilterProp: "label" }} style={{ width: 200 }} placeholder={t("party.item")} aria-label={t("party.item")} value={search.item}
          options={items.data?.items.map((i) => ({ value: i.id, label: i.name }))} onChange={(item) => change({ item })} />
        <Input.Search key={search.party ?? ""} allowClear style={{ width: 150 }} placeholder={t("party.party")} aria-label={t("party.party")} defaultValue={search.party} onSearch={(party) => change({ party: party.trim() || undefined })} />
        <OrgPick label={t("party.org")} value={search.org} onChange={(org) => change({ org })} />
        <DatePicker placeholder={t("party.on")} aria-label={t("party.on")} value={search.on ? dayjs(search.on) : null} onChange={(d) => change({ on: d?.format("YYYY-MM-DD") })} />
        <span className="grow" />
        <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setPut({})}>{t("party.put")}</Button>
      </div>
      {gaps.data && gaps.data.gaps.length > 0 && <Gaps gaps={gaps.data.gaps} onFill={(g) => setPut({ item: g.item, party: g.party, region: g.region })} />}
      {list.error ? <Broken error={list.error} again={() => void list.refetch()} /> : (
        <Table<PartyEntry> size="small" rowKey={(p) => [p.item, p.party, p.region, p.from].join("/")} loading={list.isPending} dataSource={list.data?.parties ?? []} columns={columns}
          pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }} locale={{ emptyText: <Nothing text={t("party.none")} /> }} />
      )}
      {put && <PartyForm wanted={put} onClose={() => setPut(undefined)} />}
      {end && <EndParty entry={end} onClose={() => setEnd(undefined)} />}
    </div>
  );
}

/** Without somebody to play them, cases that need these parties are refused. */
function Gaps({ gaps, onFill }: { gaps: PartyGap[]; onFill: (g: PartyGap) => void }) {
  const { t } = useTranslation("admin");
  return (
    <Alert type="warning" showIcon title={t("party.gaps", { count: gaps.length })} description={
      <ul style={{ margin: 0, paddingInlineStart: 18, maxHeight: 160, overflow: "auto" }}>
        {gaps.map((g) => (
          <li key={[g.item, g.version, g.party, g.region].join("/")}>
            {g.itemName} {g.version}{colon()}{g.name} <span className="small muted">{g.party} {g.region || t("party.anyRegion")}</span>{" "}
            <Button type="link" size="small" onClick={() => onFill(g)}>{t("party.fill")}</Button>
          </li>
        ))}
      </ul>
    } />
  );
}
