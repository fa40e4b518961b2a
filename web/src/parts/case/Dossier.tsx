// What lives beside the steps: duties, promises, annulments, corrections, vacancies, the rating.
import { useQuery } from "@tanstack/react-query";
import { Skeleton, Table, Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { DossierEntry } from "../../api/gen/types.gen";
import { Broken, Nothing } from "../States";
import { lastDay, minute } from "../time";
import { dossierQuery } from "./queries";

export function Dossier({ number }: { number: string }) {
  const { t } = useTranslation("case");
  const { data, error, refetch } = useQuery(dossierQuery(number));
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton active />;
  // Talk has a place of its own.
  const list = data.entries.filter((e) => !["consult", "copy", "remark"].includes(e.kind));
  if (!list.length) return <Nothing text={t("noDossier")} />;
  return (
    <Table<DossierEntry> size="small" rowKey={(e) => e.kind + e.id} pagination={false} dataSource={list} columns={[
      { title: t("dossierKind.title"), width: 110, render: (_, e) => t(`dossierKind.${e.kind}`, { defaultValue: e.kind }) },
      { title: t("dossierWhat"), render: (_, e) => <What entry={e} /> },
      { title: t("status"), width: 110, render: (_, e) => <Tag color={e.status === "open" ? "gold" : "default"}>{t(`dossierStatus.${e.status}`, { defaultValue: e.status })}</Tag> },
      { title: t("due"), width: 120, render: (_, e) => (e.due ? lastDay(e.due) : "") },
      { title: t("at"), width: 150, render: (_, e) => minute(e.at) },
    ]} />
  );
}

function What({ entry: e }: { entry: DossierEntry }) {
  const { t } = useTranslation("case");
  if (e.duty) return <>{e.duty.name ?? e.duty.id} {e.duty.reason && <span className="muted">— {e.duty.reason}</span>}</>;
  if (e.annulment) return <>{e.annulment.output} {e.annulment.reason && <span className="muted">— {e.annulment.reason}</span>}</>;
  if (e.promise) return <span style={{ whiteSpace: "pre-wrap" }}>{e.promise.text ?? e.promise.id}</span>;
  if (e.correction) return <>{e.correction.reason}{(e.correction.texts ?? []).map((x) => <div key={x.field} className="small">{x.field}: {String(x.from)} → {String(x.to)}</div>)}</>;
  if (e.rating) return <>{e.rating.grade ? t(`gradeWord.${e.rating.grade}` as "gradeWord.1") : ""} {e.rating.comment}</>;
  if (e.vacancy) return <>{e.vacancy.org} · {t(`common:role.${e.vacancy.role}` as "common:role.clerk", { defaultValue: e.vacancy.role })}</>;
  return <>{e.id}</>;
}
