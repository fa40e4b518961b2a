// What lives beside the steps: duties, promises, annulments, corrections, vacancies, the rating.
import { useQuery } from "@tanstack/react-query";
import { Skeleton, Table, Tag } from "antd";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Annulment, DeliveryRecord, DossierEntry, Undertaking } from "../../api/gen/types.gen";
import { Broken, Nothing } from "../States";
import { lastDay, minute, periodWords } from "../time";
import { aside, colon, comma, semicolon } from "../../texts/marks";
import { CaseFiles } from "./CaseFiles";
import { Corrected, Mended } from "./Corrected";
import { Delay } from "./Delay";
import { Duty } from "./Duty";
import { dossierQuery, papersQuery, resultsQuery } from "./queries";

export function Dossier({ number }: { number: string }) {
  const { t } = useTranslation("case");
  const { data, error, refetch } = useQuery(dossierQuery(number));
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton active />;
  // Talk has a place of its own.
  const list = data.entries.filter((e) => !["consult", "copy", "comment"].includes(e.kind));
  if (!list.length) return <Nothing text={t("noDossier")} />;
  return (
    <Table<DossierEntry> size="small" rowKey={(e) => e.kind + e.id} pagination={false} dataSource={list} columns={[
      { title: t("dossierKind.title"), width: 110, render: (_, e) => t(`dossierKind.${e.kind}`, { defaultValue: e.kind }) },
      { title: t("dossierWhat"), render: (_, e) => <What entry={e} number={number} /> },
      { title: t("status"), width: 110, render: (_, e) => <Tag color={e.status === "open" ? "gold" : "default"}>{t(`dossierStatus.${e.delay ? `delay-${e.status}` : e.status}`, { defaultValue: e.status })}</Tag> },
      { title: t("due"), width: 120, render: (_, e) => (dueOf(e) ? lastDay(dueOf(e)!) : "") },
      { title: t("at"), width: 150, render: (_, e) => minute(e.at) },
    ]} />
  );
}

function What({ entry: e, number }: { entry: DossierEntry; number: string }) {
  const { t } = useTranslation("case");
  if (e.duty) return <Duty of={e.duty} number={number} />;
  if (e.annulment) return <Question of={e.annulment} number={number} />;
  if (e.promise) return <><span style={{ whiteSpace: "pre-wrap" }}>{e.promise.text ?? e.promise.id}</span> <CaseFiles number={number} files={[{ hash: e.promise.hash, name: t("signedPaper") }]} /></>;
  if (e.undertaking) return <Undertaken of={e.undertaking} number={number} />;
  if (e.cause) return <>{e.cause.reason} <CaseFiles number={number} files={e.cause.evidence} /></>;
  if (e.correction) return <Corrected of={e.correction} number={number} />;
  if (e.interested) {
    return (
      <>
        <strong>{e.interested.who || t("interestedNth", { nth: e.interested.id.split(".")[1] })}</strong> <span className="muted">— {e.interested.reason}</span>
        {(e.interested.statements ?? []).map((s) => <div key={s.at} className="small"><span className="muted">{t("interestedSaid", { at: minute(s.at) })}{colon()}</span>{s.text} <CaseFiles number={number} files={s.evidence} /></div>)}
      </>
    );
  }
  if (e.delay) return <Delay of={e.delay} number={number} />;
  if (e.mending) return <Mended of={e.mending} number={number} />;
  if (e.rating) return <>{e.rating.grade ? t(`gradeWord.${e.rating.grade}` as "gradeWord.1") : ""} {e.rating.comment}</>;
  if (e.vacancy) return <>{e.orgName ?? e.vacancy.org} · {t(`common:role.${e.vacancy.role}` as "common:role.clerk", { defaultValue: e.vacancy.role })}</>;
  if (e.pause) return <>{t(`pauseKind.${e.pause.kind}`, { defaultValue: e.pause.kindZh })} <span className="muted">— {e.pause.reason}{aside(t("pauseUntil", { until: e.pause.until }))}</span></>;
  if (e.delivery) return <Arrival of={e.delivery} />;
  return <>{e.id}</>;
}

/** A document: on its way, or when and how it came. */
function Arrival({ of: d }: { of: DeliveryRecord }) {
  const { t } = useTranslation("case");
  return <>{d.name}{d.at && <span className="muted"> — {[minute(d.at), d.way && t(`deliveryWay.${d.way}`, { defaultValue: d.way }), d.proof].filter(Boolean).join(comma())}</span>}</>;
}

/** What the applicant has signed for: the papers that follow, each with its time and what he bears. */
function Undertaken({ of: u, number }: { of: Undertaking; number: string }) {
  const { t } = useTranslation("case");
  const papers = useQuery(papersQuery(number));
  return (
    <>
      {t(`undertaking.${u.by}`)} <CaseFiles number={number} files={[{ hash: u.hash, name: t("signedPaper") }]} />
      {u.papers.map((x) => (
        <div key={x.paper} className="small">
          {papers.data?.papers.find((p) => p.id === x.paper)?.name ?? x.paper}{colon()}{t("undertaking.within", { time: periodWords(x.time, t as TFunction) })}{semicolon()}{t(`undertaking.late.${x.late}`)}
        </div>
      ))}
    </>
  );
}

/** A result in question has no limit of its own; its holder is waited for. */
function dueOf(e: DossierEntry): string | undefined {
  const heard = e.annulment?.status === "open" && !e.annulment.defences?.length ? e.annulment : undefined;
  return e.due ?? heard?.asked?.until ?? heard?.until;
}

/** Whether a result stands: who asks it on what ground, what its holder says, what was decided. */
function Question({ of: a, number }: { of: Annulment; number: string }) {
  const { t } = useTranslation("case");
  const results = useQuery(resultsQuery(number));
  const duties = useQuery({ ...dossierQuery(number), select: (d) => d.entries.flatMap((e) => e.duty ?? []) });
  const lines = [
    ...(a.duty ? [{ key: "duty", name: t(`annulment.duty.${a.why as "late" | "failed"}`), text: duties.data?.find((d) => d.id === a.duty)?.name ?? a.duty }] : []),
    ...(a.asked ? [
      { key: "ground", name: t("annulment.ground"), text: <>{t(`annulment.grounds.${a.asked.ground}` as "annulment.grounds.fraud")}{t("common:refusal.law", { law: t("annulment.law"), article: a.asked.article })}</> },
      ...(a.asked.request ? [{ key: "request", name: t("annulment.request"), text: a.asked.request }] : []),
      { key: "why", name: t("annulment.why"), text: <>{a.asked.reason} <CaseFiles number={number} files={a.asked.evidence} /></> },
    ] : []),
    ...(a.defences ?? []).map((d) => ({ key: d.at, name: t("annulment.defence", { at: minute(d.at) }), text: <>{d.text} <CaseFiles number={number} files={d.evidence} /></> })),
    ...(a.reason ? [{ key: "reason", name: t("annulment.decided"), text: <>{a.reason}{aside(a.basis)}</> }] : []),
  ];
  return (
    <>
      <strong>{results.data?.results.find((r) => r.id === a.output)?.name ?? a.output}</strong>
      {lines.map((l) => <div key={l.key} className="small"><span className="muted">{l.name}{colon()}</span>{l.text}</div>)}
    </>
  );
}
