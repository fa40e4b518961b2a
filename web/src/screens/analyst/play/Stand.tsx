// Where the played case stands: what happened, clocks, papers, letters and results, the moves made.
import { Alert, Button, Tabs, Tag, Timeline } from "antd";
import { useTranslation } from "react-i18next";
import type { Played, PlayedMove } from "../../../api/gen/types.gen";
import { inLanguage } from "../../../app/language";
import { Nothing } from "../../../parts/States";
import { lastDay, minute } from "../../../parts/time";

export function MoveRefusal({ move }: { move: PlayedMove }) {
  const { t, i18n } = useTranslation("analyst");
  const r = move.refusal;
  if (!r) return null;
  const english = i18n.language.startsWith("en");
  return (
    <Alert
      type="warning" showIcon role="alert" style={{ marginBottom: 8 }}
      title={(english ? r.en : r.zh) || r.zh}
      description={
        <span className="small">
          {r.law && t("common:refusal.law", { law: r.law.law, article: r.law.article })} {r.expected && t("play.expected", { expected: inLanguage(r.expected, i18n.language) })}{" "}
          {r.actual && t("play.actual", { actual: inLanguage(r.actual, i18n.language) })} <code>{r.code}</code>
        </span>
      }
    />
  );
}

export function Stand({ played, onBackTo, onStep }: { played: Played; onBackTo: (count: number) => void; onStep: (step: string) => void }) {
  const { t, i18n } = useTranslation("analyst");
  const lang = i18n.language;
  const english = lang.startsWith("en");
  const stepName = (id: string | undefined) => played.steps.find((s) => s.id === id)?.name ?? id;
  return (
    <>
      {played.cards.length > 0 && (
        <details open className="play-party">
          <summary>{t("play.cards", { count: played.cards.length })}</summary>
          <ul className="bare">
            {played.cards.map((c, i) => (
              <li key={i} className="play-task">
                <Tag color={["default", "blue", "gold", "red"][c.level]}>{t(`cardLevel.${c.level}` as "cardLevel.1")}</Tag> <strong>{c.rule} {inLanguage(c.name, lang)}</strong>{" "}
                {c.step && <button type="button" className="link-button" onClick={() => onStep(c.step!)}>{stepName(c.step)}</button>}
                <div>{english ? c.en : c.zh}</div>
                <div className="muted small">{c.party} <span className="number">{minute(c.at)}</span> {c.explain && t("play.explainBy", { day: lastDay(c.explain) })}</div>
              </li>
            ))}
          </ul>
        </details>
      )}
      <Tabs
        size="small"
        items={[
          {
            key: "timeline", label: t("play.timeline"),
            children: <Timeline items={[...played.timeline].reverse().map((e, i) => ({ key: i, content: <div>{english ? e.en : e.zh}<div className="muted small number">{minute(e.at)} {e.by}</div></div> }))} />,
          },
          {
            key: "clocks", label: t("play.clocks"),
            children: played.clocks.length === 0 ? <Nothing text={t("play.noClocks")} /> : (
              <ul className="bare">
                {played.clocks.map((c) => (
                  <li key={c.id} className="play-task">
                    <strong>{inLanguage(c.name, lang)}</strong> {c.step && <button type="button" className="link-button" onClick={() => onStep(c.step!)}>{stepName(c.step)}</button>}{" "}
                    <Tag color={c.overdue ? "red" : c.stopped ? "default" : c.running ? "blue" : "default"}>{t(c.overdue ? "play.overdue" : c.stopped ? "play.stopped" : c.running ? "play.running" : "play.over")}</Tag>
                    <div className="number">{c.day ?? (c.due && lastDay(c.due))}</div>
                    {c.why.length > 0 && <details><summary>{t("play.why")}</summary><ul>{c.why.map((w, i) => <li key={i} className="small">{inLanguage(w, lang)}</li>)}</ul></details>}
                  </li>
                ))}
              </ul>
            ),
          },
          {
            key: "papers", label: t("play.papersTab"),
            children: (
              <>
                <ul className="bare">{played.papers.map((p) => <li key={p.id}>{p.name} <Tag>{t(`paperState.${p.status}`, { defaultValue: p.status })}</Tag></li>)}</ul>
                {played.notices.length > 0 && <h4>{t("play.notices")}</h4>}
                <ul className="bare">{played.notices.map((n) => <li key={n.kind + n.at}><strong>{n.kind}</strong> <span className="muted small number">{minute(n.at)}</span>{n.lines.length > 0 && <ul>{n.lines.map((l, i) => <li key={i}>{l}</li>)}</ul>}</li>)}</ul>
                {played.results.length > 0 && <h4>{t("play.results")}</h4>}
                <ul className="bare">{played.results.map((r) => <li key={r.id}>{r.name} <Tag>{t(`resultState.${r.status}`, { defaultValue: r.status })}</Tag></li>)}</ul>
              </>
            ),
          },
          {
            key: "moves", label: t("play.moves", { count: played.moves.length }),
            children: (
              <ol className="play-moves">
                {played.moves.map((m, i) => (
                  <li key={i}>
                    <span className={m.ok ? "" : "bad"}>{inLanguage(m.name, lang)}</span> {m.step && stepName(m.step)} <span className="muted small number">{m.by} {minute(m.at)}</span>{" "}
                    {i < played.moves.length - 1 && <Button size="small" type="link" onClick={() => onBackTo(i + 1)}>{t("play.backTo")}</Button>}
                    {!m.ok && <MoveRefusal move={m} />}
                  </li>
                ))}
              </ol>
            ),
          },
        ]}
      />
    </>
  );
}
