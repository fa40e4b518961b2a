// The figures of the supervision rules: what holds for an item, a hall or a region, by which setting, and the settings themselves.
import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Card, Input, Select, Space, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { listAdministration } from "../../api/gen/sdk.gen";
import type { SupervisionFigure, SupervisionRule, SupervisionSetting } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { has, useAccount } from "../../app/session";
import { Mark } from "../../parts/Mark";
import { Broken, Loading, Nothing } from "../../parts/States";
import { minute, periodWords } from "../../parts/time";
import { CardLevel } from "../supervise/CardLevel";
import { colon } from "../../texts/marks";
import { PublishSettings } from "./PublishSettings";
import { SettingForm } from "./SettingForm";
import { itemsQuery, orgsQuery, rulesQuery, settingsQuery } from "./queries";
import { holds, ruleAt } from "./settings";
import type { Place } from "./settings";

/** What somebody is changing, over the version he read. */
interface Draft { over: string; settings: SupervisionSetting[] }

export default function Figures() {
  const { t, i18n } = useTranslation("admin");
  const account = useAccount();
  const mayChange = has(account, "publisher");
  const now = useQuery(settingsQuery);
  const rules = useQuery(rulesQuery);
  const names = useNames();
  const [at, setAt] = useState<Place>({});
  const [draft, setDraft] = useState<Draft>();
  const [edited, setEdited] = useState<number>();
  const last = useQuery({
    queryKey: ["administration", "last", "parameter", now.data?.version],
    queryFn: () => answer(listAdministration({ query: { kind: "parameter", limit: 1 } })),
    enabled: has(account, "admin") && !!now.data,
  });
  const broken = now.error ?? rules.error;
  if (broken) return <Broken error={broken} again={() => { void now.refetch(); void rules.refetch(); }} />;
  if (!now.data || !rules.data) return <Loading />;
  const settings = draft?.settings ?? now.data.settings;
  const change = (next: SupervisionSetting[]) => setDraft({ over: draft?.over ?? now.data.version, settings: next });
  const by = (n: number | undefined) => (n === undefined ? <span className="muted">{t("figures.base")}</span> : <Mark tone="info">{t("figures.by", { n: n + 1, place: names.place(settings[n]!) })}</Mark>);
  const figure = (v: unknown) => (typeof v === "boolean" ? t(v ? "figures.yes" : "figures.no") : periodWords(String(v), t));
  const named = (id: string) => inLanguage(rules.data.rules.find((r) => r.id === id) ?? { zh: id, en: id }, i18n.language);
  const changed = last.data?.changes[0];
  const swap = (a: number, b: number) => change(settings.map((s, i) => (i === a ? settings[b]! : i === b ? settings[a]! : s)));
  return (
    <div className="page rows">
      <div className="page-head" style={{ marginBottom: 0 }}>
        <h1>{t("part.figures")}</h1>
        <span className="muted">{t("figures.version", { version: now.data.version })}{changed && <> · {t("figures.last", { who: changed.byName || changed.by, at: minute(changed.at) })}</>}</span>
        <span className="grow" />
        {draft && <Button onClick={() => setDraft(undefined)}>{t("figures.drop")}</Button>}
        {draft && <PublishSettings over={draft.over} settings={draft.settings} onDone={() => setDraft(undefined)} />}
      </div>
      {draft && <Alert type="info" showIcon title={t("figures.unpublished")} description={t("figures.unpublishedWhy")} />}
      <Card size="small" title={t("figures.settings")} extra={mayChange && <Button size="small" icon={<PlusOutlined aria-hidden />} onClick={() => setEdited(settings.length)}>{t("figures.add")}</Button>}>
        <p className="muted small" style={{ marginTop: 0 }}>{t("figures.order")}</p>
        <Table<SupervisionSetting> size="small" rowKey={(s) => settings.indexOf(s)} dataSource={settings} pagination={false} locale={{ emptyText: <Nothing text={t("figures.none")} /> }} columns={[
          { title: t("figures.n"), key: "n", width: 56, render: (_, __, i) => i + 1 },
          { title: t("figures.place"), key: "place", render: (_, s) => names.place(s) },
          { title: t("figures.changes"), key: "set", render: (_, s) => (
            <>
              {Object.entries(s.set ?? {}).map(([k, v]) => <div key={k}>{inLanguage(now.data.parameters.find((p) => p.id === k) ?? { zh: k, en: k }, i18n.language)}{colon()}{figure(v)}</div>)}
              {Object.entries(s.level ?? {}).map(([k, v]) => <div key={k}>{k} {named(k)}{colon()}<CardLevel level={v} /></div>)}
              {s.off?.map((k) => <div key={k}>{k} {named(k)}{colon()}{t("figures.off")}</div>)}
            </>
          ) },
          ...(mayChange ? [{ title: t("acts"), key: "do", width: 260, render: (_: unknown, __: SupervisionSetting, i: number) => (
            <Space size={4}>
              <Button size="small" onClick={() => setEdited(i)}>{t("common:action.edit")}</Button>
              <Button size="small" disabled={i === 0} onClick={() => swap(i, i - 1)}>{t("figures.up")}</Button>
              <Button size="small" onClick={() => change(settings.filter((_, j) => j !== i))}>{t("figures.remove")}</Button>
            </Space>
          ) }] : []),
        ]} />
      </Card>
      <Card size="small" title={t("figures.holds")} extra={<PlacePick at={at} onChange={setAt} />}>
        <Table<SupervisionFigure> size="small" rowKey="id" dataSource={now.data.parameters} pagination={false} columns={[
          { title: t("rules.parameter"), key: "name", render: (_, p) => inLanguage(p, i18n.language) },
          { title: t("figures.default"), key: "base", width: 120, render: (_, p) => figure(p.value) },
          { title: t("figures.value"), key: "value", width: 120, render: (_, p) => <b>{figure(holds(settings, at, p.value, (s) => s.set?.[p.id]).value)}</b> },
          { title: t("figures.from"), key: "from", width: 380, render: (_, p) => by(holds(settings, at, p.value, (s) => s.set?.[p.id]).by) },
        ]} />
        <Table<SupervisionRule> size="small" rowKey="id" style={{ marginTop: 12 }} dataSource={rules.data.rules} pagination={false} columns={[
          { title: t("rules.id"), dataIndex: "id", width: 64 },
          { title: t("rules.rule"), key: "rule", render: (_, r) => inLanguage(r, i18n.language) },
          { title: t("figures.defaultLevel"), key: "base", width: 170, render: (_, r) => <Space>{r.levels.map((l) => <CardLevel key={l} level={l} />)}</Space> },
          { title: t("figures.level"), key: "level", width: 120, render: (_, r) => {
            const { value } = ruleAt(settings, at, r.id);
            return value === "off" ? <Mark tone="warn">{t("figures.off")}</Mark> : value === undefined ? t("figures.asDefault") : <CardLevel level={value} />;
          } },
          { title: t("figures.from"), key: "from", width: 330, render: (_, r) => by(ruleAt(settings, at, r.id).by) },
        ]} />
      </Card>
      {edited !== undefined && (
        <SettingForm n={edited} old={settings[edited]} figures={now.data.parameters} rules={rules.data.rules} onClose={() => setEdited(undefined)}
          onDone={(s) => { change(edited < settings.length ? settings.map((x, i) => (i === edited ? s : x)) : [...settings, s]); setEdited(undefined); }} />
      )}
    </div>
  );
}

/** Places in words. */
function useNames() {
  const { t } = useTranslation("admin");
  const items = useQuery(itemsQuery), orgs = useQuery(orgsQuery);
  const place = (s: SupervisionSetting) => [
    s.item && (items.data?.items.find((i) => i.code === s.item)?.name ?? s.item),
    s.hall && (orgs.data?.organisations.find((o) => o.code === s.hall)?.name ?? s.hall),
    s.region && t("figures.inRegion", { region: s.region }),
  ].filter(Boolean).join(" · ");
  return { place };
}

function PlacePick({ at, onChange }: { at: Place; onChange: (at: Place) => void }) {
  const { t } = useTranslation("admin");
  const items = useQuery(itemsQuery), orgs = useQuery(orgsQuery);
  return (
    <Space>
      <Select allowClear style={{ width: 220 }} aria-label={t("party.item")} placeholder={t("figures.anyItem")} value={at.item} onChange={(item?: string) => onChange({ ...at, item })}
        options={items.data?.items.map((i) => ({ value: i.code, label: i.name }))} />
      <Select allowClear style={{ width: 200 }} aria-label={t("window.hall")} placeholder={t("figures.anyHall")} value={at.hall} onChange={(hall?: string) => onChange({ ...at, hall })}
        options={orgs.data?.organisations.filter((o) => o.kind === "hall").map((o) => ({ value: o.code, label: o.name }))} />
      <Input allowClear style={{ width: 130 }} maxLength={12} aria-label={t("region")} placeholder={t("region")} value={at.region ?? ""} onChange={(e) => onChange({ ...at, region: e.target.value.trim() || undefined })} />
    </Space>
  );
}
