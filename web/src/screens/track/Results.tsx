// What the case has given, and of each result that is or was in question how that stands: the holder reads here what
// he has said himself, and can add to it until it is decided.
import { CheckCircleFilled } from "@ant-design/icons";
import { Button, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { TrackQuestion, TrackView } from "../../api/gen/types.gen";
import { day, lastDay, minute } from "../../parts/time";
import { comma } from "../../texts/marks";
import { Statement, Why } from "./DefendForm";
import type { Pass } from "./pass";

const tags = { open: "orange", annulled: "red", kept: "green" } as const;

export function Results({ pass, view }: { pass: Pass; view: TrackView }) {
  const { t } = useTranslation("track");
  const results = view.results ?? [];
  if (results.length === 0) return null;
  return (
    <section className="track-card" aria-labelledby="results">
      <h2 id="results">{t("results")}</h2>
      <ul className="track-list">
        {results.map((r) => (
          <li key={r.id}>
            <strong>{r.name}</strong>{r.number && <span className="muted"> {r.number}</span>}{" "}
            {r.annulled ? <Tag color="red">{t("result.annulled")}</Tag> : r.done ? <Tag color="green" icon={<CheckCircleFilled />}>{t("result.handed", { day: day(r.done) })}</Tag> : <Tag color="blue">{t("result.ready")}</Tag>}
            {r.until && <span className="muted small">{t("result.until", { day: r.until })}</span>}
          </li>
        ))}
      </ul>
      {(view.questions ?? []).map((q) => <Question key={q.id} pass={pass} of={q} />)}
    </section>
  );
}

function Question({ pass, of: q }: { pass: Pass; of: TrackQuestion }) {
  const { t } = useTranslation("track");
  const [adding, setAdding] = useState(false);
  const open = q.status === "open";
  return (
    <section aria-label={t("question.title", { name: q.name })}>
      <h3>{t("question.title", { name: q.name })} <Tag color={tags[q.status]}>{t(`question.state.${q.status}`)}</Tag></h3>
      <Why of={q.why} duty={q.duty} reason={q.reason} law={q.law} />
      {open && q.until && q.said.length === 0 && <p className="track-why">{t("question.waits", { day: lastDay(q.until) })}</p>}
      <dl className="track-facts">
        {q.said.map((s) => <Fact key={s.at} name={t("question.said", { at: minute(s.at) })} text={s.text + (s.evidence ? t("question.evidence", { names: s.evidence.join(comma()) }) : "")} />)}
        {q.decision && <Fact name={t("question.decided")} text={q.decision} />}
        {q.basis && <Fact name={t("question.basis")} text={q.basis} />}
      </dl>
      {open && q.said.length > 0 && (adding ? <Statement pass={pass} output={q.output} onSent={() => setAdding(false)} /> : <Button onClick={() => setAdding(true)}>{t("question.more")}</Button>)}
    </section>
  );
}

function Fact({ name, text }: { name: string; text: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </>
  );
}
