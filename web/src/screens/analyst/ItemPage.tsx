// One item: its versions, who answers for them, what runs on them; stopping and beginning anew.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Drawer, Space, Table, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { getItem, listVersionCases, resumeVersion, suspendVersion } from "../../api/gen/sdk.gen";
import type { VersionCase, VersionHistory } from "../../api/gen/types.gen";
import { caseRoles, has, useAccount } from "../../app/session";
import { CaseLink } from "../../parts/CaseLink";
import { Broken, Loading, Nothing } from "../../parts/States";
import { minute } from "../../parts/time";
import { colon, comma } from "../../texts/marks";
import { NewDraft } from "./NewDraft";
import "./analyst.css";
import { draftName, draftsQuery, historyQuery } from "./compare-texts";
import { ReasonModal } from "./editor/PublishPane";
import { itemRoute } from "./routes";

export default function ItemPage() {
  const { t } = useTranslation("analyst");
  const { item } = itemRoute.useParams();
  const { cases } = itemRoute.useSearch();
  const navigate = itemRoute.useNavigate();
  const about = useQuery({ queryKey: ["items", item], queryFn: () => answer(getItem({ path: { item } })) });
  const history = useQuery(historyQuery(item));
  const drafts = useInfiniteQuery(draftsQuery);
  const [stopping, setStopping] = useState<VersionHistory>();
  const error = about.error ?? history.error;
  if (error) return <Broken error={error} again={() => void (about.error ? about : history).refetch()} />;
  if (!about.data || !history.data) return <Loading />;
  const own = (drafts.data ?? []).filter((d) => d.base?.item === item || d.base?.item === about.data.code);
  const versions = history.data;
  return (
    <div className="page rows">
      <div className="page-head">
        <Link to="/items">{t("catalogue.title")}</Link>
        <h1>{about.data.name}</h1>
        <span className="muted number">{about.data.code}</span>
        <span className="grow" />
        {versions.length > 1 && (
          <Link to="/items/$item/compare" params={{ item }} search={{ from: versions[1]!.version.version, to: versions[0]!.version.version }}>{t("item.compare")}</Link>
        )}
        <Link to="/guides/$item" params={{ item }} target="_blank">{t("guidePage.link")}</Link>
        <NewDraft from={{ item }} type="primary">{t("item.new")}</NewDraft>
      </div>
      {own.length > 0 && (
        <Space wrap>
          <span>{t("item.drafts")}</span>
          {own.map((d) => (
            <span key={d.id}>
              <Link to="/editor/$draft" params={{ draft: d.id }}>{d.name}</Link> <Tag>{t(`draftState.${d.state}`)}</Tag>
              {d.base && <Link to="/items/$item/compare" params={{ item }} search={{ from: d.base.version, to: draftName(d.id) }}>{t("item.compareDraft")}</Link>}
            </span>
          ))}
        </Space>
      )}
      <Table<VersionHistory>
        size="small" rowKey={(v) => v.version.version} dataSource={versions} pagination={{ pageSize: 20, hideOnSinglePage: true }}
        expandable={{ expandedRowRender: (v) => <Why of={v} />, rowExpandable: (v) => !!v.request || v.suspensions.length > 0 }}
        columns={[
          { title: t("item.version"), render: (_, v) => <Link to="/guides/$item" params={{ item }} search={{ version: v.version.version }} target="_blank" aria-label={t("guidePage.version", { version: v.version.version })}><strong className="number">{v.version.version}</strong></Link> },
          {
            title: t("item.state"),
            render: (_, v) => {
              const now = about.data.current?.version === v.version.version;
              return (
                <>
                  <Tag color={v.version.state === "suspended" ? "red" : v.version.state === "published" ? "green" : "default"}>{t(`versionState.${v.version.state}`)}</Tag>
                  {now && <Tag color="blue">{t("item.inForce")}</Tag>}
                </>
              );
            },
          },
          { title: t("item.effective"), render: (_, v) => <span className="number">{v.version.effective}</span> },
          { title: t("item.publishedBy"), render: (_, v) => <>{!v.publishedBy || v.publishedBy.id === "catalogue" ? t("item.installed") : v.publishedBy.name} <span className="muted small number">{v.version.publishedAt && minute(v.version.publishedAt)}</span></> },
          { title: t("item.cases"), render: (_, v) => <CaseCounts of={v} onOpen={() => void navigate({ search: { cases: v.version.version } })} /> },
          {
            title: t("catalogue.act"),
            render: (_, v) => (
              <Space>
                <NewDraft from={{ item, version: v.version.version }} size="small">{t("item.from")}</NewDraft>
                {v.version.state !== "retired" && <Button size="small" danger={v.version.state === "published"} onClick={() => setStopping(v)}>{t(v.version.state === "suspended" ? "item.resume" : "item.suspend")}</Button>}
              </Space>
            ),
          },
        ]}
      />
      <Stop of={stopping} onClose={() => setStopping(undefined)} />
      <Drawer open={!!cases} size="large" title={t("item.casesOn", { version: cases })} onClose={() => void navigate({ search: {} })}>
        {cases && <Cases item={item} version={cases} />}
      </Drawer>
    </div>
  );
}

function CaseCounts({ of, onOpen }: { of: VersionHistory; onOpen: () => void }) {
  const { t } = useTranslation("analyst");
  const counts = Object.entries(of.cases);
  const all = counts.reduce((sum, [, n]) => sum + n, 0);
  if (all === 0) return <span className="muted">{t("item.noCases")}</span>;
  const running = counts.reduce((sum, [state, n]) => sum + (state === "closed" ? 0 : n), 0);
  return <Button type="link" size="small" style={{ padding: 0 }} onClick={onOpen} title={counts.map(([s, n]) => `${t(`caseState.${s}`, { defaultValue: s })} ${n}`).join(comma())}>{t("item.counts", { running, all })}</Button>;
}

function Why({ of }: { of: VersionHistory }) {
  const { t } = useTranslation("analyst");
  return (
    <ul className="bare">
      {of.request && <li>{t("publish.askedBy", { name: of.request.askedBy.name, at: minute(of.request.askedAt) })}{colon()}<span style={{ whiteSpace: "pre-wrap" }}>{of.request.note}</span></li>}
      {of.suspensions.map((s) => <li key={s.at}>{t(s.suspended ? "item.stopped" : "item.resumed", { name: s.by.name, at: minute(s.at) })}{colon()}{s.reason}</li>)}
    </ul>
  );
}

function Stop({ of, onClose }: { of: VersionHistory | undefined; onClose: () => void }) {
  const { t } = useTranslation("analyst");
  const cache = useQueryClient();
  const suspended = of?.version.state === "suspended";
  const change = useMutation({
    mutationFn: (reason: string) => {
      const call = { path: { item: of!.version.item, version: of!.version.version }, body: { reason } };
      return answer(suspended ? resumeVersion(call) : suspendVersion(call));
    },
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: ["items"] });
      onClose();
    },
  });
  return <ReasonModal open={!!of} title={t(suspended ? "item.resumeOf" : "item.suspendOf", { version: of?.version.version })} busy={change.isPending} error={change.error} onCancel={() => (change.reset(), onClose())} onDone={(reason) => change.mutate(reason)} />;
}

function Cases({ item, version }: { item: string; version: string }) {
  const { t } = useTranslation("analyst");
  const seesCases = has(useAccount(), ...caseRoles);
  const pages = useInfiniteQuery({
    queryKey: ["cases", "version", item, version],
    queryFn: ({ pageParam }) => answer(listVersionCases({ path: { item, version }, query: pageParam ? { cursor: pageParam } : {} })),
    initialPageParam: "",
    getNextPageParam: (p) => p.next,
  });
  if (pages.error) return <Broken error={pages.error} again={() => void pages.refetch()} />;
  return (
    <>
      <Table<VersionCase>
        size="small" rowKey="number" loading={pages.isPending} pagination={false} dataSource={pages.data?.pages.flatMap((p) => p.cases) ?? []}
        locale={{ emptyText: <Nothing text={t("item.noCases")} /> }}
        columns={[
          { title: t("item.number"), render: (_, c) => (seesCases ? <CaseLink number={c.number} /> : <span className="number">{c.number}</span>) },
          { title: t("item.state"), render: (_, c) => [t(`caseState.${c.status}`, { defaultValue: c.status }), c.outcome && t(`outcome.${c.outcome}`, { defaultValue: c.outcome })].filter(Boolean).join(" · ") },
          { title: t("item.region"), dataIndex: "region", className: "number" },
          { title: t("item.receivedAt"), render: (_, c) => <span className="number">{minute(c.receivedAt)}</span> },
        ]}
      />
      {pages.hasNextPage && <Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()} style={{ marginTop: 8 }}>{t("common:action.more")}</Button>}
    </>
  );
}
