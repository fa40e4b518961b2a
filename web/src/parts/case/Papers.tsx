// The papers of a case: what is there, from where, how far it is to be trusted, what was tried.
import { useQuery } from "@tanstack/react-query";
import { Button, Skeleton, Table, Tag, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PaperView } from "../../api/gen/types.gen";
import { Broken, Nothing } from "../States";
import { minute } from "../time";
import { FileModal } from "./FileView";
import type { Viewed } from "./FileView";
import { papersQuery } from "./queries";
import { sourceName } from "./source";

const tones: Record<PaperView["status"], string> = {
  present: "green", missing: "red", awaited: "blue", deferred: "gold", letter: "gold", promised: "purple", absent: "default",
};

export function paperFile(number: string, p: { id: string; name: string; type?: string | undefined }, hash?: string): Viewed {
  return { url: `/v1/cases/${encodeURIComponent(number)}/papers/${encodeURIComponent(p.id)}/file${hash ? `?hash=${hash}` : ""}`, name: p.name, type: p.type };
}

export function Papers({ number, only, onView, compact }: {
  number: string;
  /** The papers a step reads; undefined: all. */
  only?: Set<string> | undefined;
  /** Shows a paper elsewhere, such as beside a checklist; left out: in a window. */
  onView?: (p: PaperView) => void;
  compact?: boolean;
}) {
  const { t } = useTranslation("case");
  const { data, error, refetch } = useQuery(papersQuery(number));
  const [viewed, setViewed] = useState<Viewed>();
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton active />;
  const list = data.papers.filter((p) => (!only || only.has(p.id)) && p.status !== "absent");
  if (!list.length) return <Nothing text={t("noPapers")} />;
  const view = (p: PaperView) => (onView ? onView(p) : setViewed(paperFile(number, p)));
  return (
    <>
      <Table<PaperView>
        size="small"
        rowKey="id"
        pagination={false}
        dataSource={list}
        columns={[
          {
            title: t("paper"), render: (_, p) => (
              <>
                {p.hash ? <Button type="link" style={{ padding: 0, whiteSpace: "normal", textAlign: "start", height: "auto" }} onClick={() => view(p)}>{p.name}</Button> : p.name}
                {p.compared && <Tag color="green" style={{ marginInlineStart: 6 }}>{t("compared")}</Tag>}
              </>
            ),
          },
          { title: t("status"), width: 110, render: (_, p) => <Tag color={tones[p.status]}>{t(`paperStatus.${p.status}`)}</Tag> },
          ...(compact ? [] : [
            {
              title: t("source"), width: 170, render: (_: unknown, p: PaperView) => (
                <span className="small">
                  {p.source ? sourceName(t, p.source) : ""} {p.grade && <Tooltip title={t(`grade.${p.grade}`)}><Tag>{p.grade}</Tag></Tooltip>}
                  {!p.source && (p.tried ?? []).map((x) => <div key={x.source} className="muted">{sourceName(t, x.source)}: {t(`tried.${x.result}`)}</div>)}
                </span>
              ),
            },
            { title: t("handedIn"), width: 150, render: (_: unknown, p: PaperView) => (p.at ? <span className="number small">{minute(p.at)}</span> : "") },
            { title: t("validUntil"), width: 110, render: (_: unknown, p: PaperView) => p.until ?? "" },
          ]),
        ]}
        {...(compact || !list.some((p) => p.earlier?.length) ? {} : {
          expandable: {
            rowExpandable: (p: PaperView) => !!p.earlier?.length,
            expandedRowRender: (p: PaperView) => (
              <ul style={{ margin: 0 }}>
                {(p.earlier ?? []).map((e) => (
                  <li key={e.hash}>
                    <Button type="link" size="small" onClick={() => setViewed(paperFile(number, { ...p, name: e.file ?? p.name }, e.hash))}>{e.file ?? p.name}</Button>
                    {e.source && <span className="muted small">{sourceName(t, e.source)}</span>}
                  </li>
                ))}
              </ul>
            ),
          },
        })}
      />
      <FileModal file={viewed} onClose={() => setViewed(undefined)} />
    </>
  );
}
