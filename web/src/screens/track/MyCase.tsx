// One case as the applicant sees it: first what he has to do, then how far it is, then what there is to read.
import { Alert, Steps, Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { TrackView } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { day, lastDay, minute } from "../../parts/time";
import { Asks } from "./Asks";
import { Delays } from "./MoreTime";
import { MyLetters } from "./MyLetters";
import { More } from "./More";
import { Results } from "./Results";
import type { Pass } from "./pass";

const order = ["received", "accepted", "decided", "closed"] as const;

export function MyCase({ pass, view }: { pass: Pass; view: TrackView }) {
  const { t, i18n } = useTranslation("track");
  // What was filed online and is looked at first has not been received yet, and what is to be corrected not accepted.
  const at = view.status === "correcting" || view.status === "pre-review" ? 0 : order.indexOf(view.status);
  const others = view.waits.filter((w) => w.who !== "applicant" && w.who !== "time");
  return (
    <>
      <section className="track-card">
        <h1>{view.itemName}</h1>
        <p className="muted small" style={{ margin: 0, overflowWrap: "anywhere" }}>{t("number")} {view.number}</p>
        <p style={{ margin: "8px 0 0", fontSize: 16 }}>
          <strong>{t(`state.${view.status}`)}</strong>{view.outcome && <> · {t(`window:outcome.${view.outcome}`, { defaultValue: view.outcome })}</>}
        </p>
        {view.promisedDue && !["decided", "closed"].includes(view.status) && (
          <p className="muted" style={{ margin: "4px 0 0" }}>{t("until", { day: lastDay(view.promisedDue) })}{view.provisional && ` · ${t("common:due.provisional")}`}</p>
        )}
      </section>
      <Asks pass={pass} view={view} />
      <Delays list={view.delays ?? []} />
      <section className="track-card" aria-labelledby="progress">
        <h2 id="progress">{t("progress")}</h2>
        <Steps
          orientation="vertical" size="small" current={view.status === "closed" ? order.length : at}
          items={[
            { title: t("step.received"), content: minute(view.receivedAt) },
            { title: t("step.accepted"), content: view.acceptedOn ?? (view.status === "correcting" ? t("step.correcting") : "") },
            { title: t("step.decided"), content: "" },
            { title: t("step.closed"), content: "" },
          ]}
        />
        {others.length > 0 && (
          <>
            <h3>{t("waiting")}</h3>
            <ul className="track-list">
              {others.map((w, i) => (
                <li key={i}><strong>{w.who}</strong> {inLanguage(w.text, i18n.language)} <span className="muted small">{t("since", { day: day(w.since) })}{w.due && ` · ${t("dueBy", { day: lastDay(w.due) })}`}</span></li>
              ))}
            </ul>
          </>
        )}
      </section>
      <Results pass={pass} view={view} />
      <MyLetters pass={pass} />
      {(view.papers ?? []).length > 0 && (
        <section className="track-card" aria-labelledby="papers">
          <h2 id="papers">{t("papers")}</h2>
          <ul className="track-list">
            {view.papers!.map((p) => <li key={p.id}>{p.name} <Tag>{t(`paper.${p.status}`)}</Tag>{p.file && <span className="muted small">{p.file}</span>}</li>)}
          </ul>
        </section>
      )}
      {view.rating?.status === "rated" && <Alert type="success" showIcon title={t("rated", { grade: t(`grade.${view.rating.grade}`) })} style={{ marginBottom: 12 }} />}
      <More pass={pass} view={view} />
    </>
  );
}
