// The time limits of a case: how much is used, the due day, why it is that day, line by line, and what happened to it.
import { useQuery } from "@tanstack/react-query";
import { Collapse, Progress, Skeleton } from "antd";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { ClockView } from "../../api/gen/types.gen";
import { clockQuery } from "../../app/BusinessTime";
import { inLanguage } from "../../app/language";
import { Due } from "../Light";
import type { LightName } from "../Light";
import { Broken, Nothing } from "../States";
import { minute, periodWords } from "../time";
import { clocksQuery } from "./queries";

/** The part of a limit that is used up, 0 to 100. */
export function used(start: string | undefined, due: string | undefined, now: Date): number {
  if (!start || !due) return 0;
  const from = Date.parse(start), to = Date.parse(due);
  if (to <= from) return 100;
  return Math.max(0, Math.min(100, Math.round(((now.getTime() - from) / (to - from)) * 100)));
}

/** A clock is stopped while a pause of it has no end yet. */
export function isStopped(c: ClockView): boolean {
  return (c.light as string) === "grey";
}

export function Clocks({ number, step }: { number: string; step?: string }) {
  const { t } = useTranslation("case");
  const { data, error, refetch } = useQuery(clocksQuery(number));
  const clock = useQuery(clockQuery);
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton active />;
  const now = clock.data ? new Date(clock.data.now) : new Date();
  const running = data.clocks.filter((c) => !c.clock.endedAt && (!step || c.clock.step === step || !c.clock.step));
  const ended = data.clocks.filter((c) => c.clock.endedAt && !step);
  if (!running.length && !ended.length) return <Nothing text={t("noClocks")} />;
  const item = (c: ClockView) => ({
    key: c.clock.id + c.clock.round,
    label: <Head view={c} now={now} />,
    children: <Account view={c} />,
  });
  return (
    <>
      <Collapse size="small" items={running.map(item)} />
      {ended.length > 0 && (
        <Collapse size="small" ghost style={{ marginTop: 8 }} items={[{ key: "ended", label: t("endedClocks", { count: ended.length }), children: <Collapse size="small" items={ended.map(item)} /> }]} />
      )}
    </>
  );
}

function Head({ view: c, now }: { view: ClockView; now: Date }) {
  const { t, i18n } = useTranslation("case");
  const over = c.clock.endedAt ? new Date(c.clock.endedAt) : now;
  return (
    <div style={{ display: "flex", alignItems: "center", gap: 8, flexWrap: "wrap" }}>
      <strong>{inLanguage(c.name, i18n.language)}</strong>
      <span className="muted">{periodWords(c.clock.period, t as TFunction)}</span>
      <Progress percent={used(c.clock.start, c.clock.due, over)} size="small" showInfo={false} style={{ width: 90, margin: 0 }} aria-label={t("usedUp")}
        strokeColor={c.light === "red" ? "#c41d24" : c.light === "yellow" ? "#8a5300" : "#237804"} />
      <Due due={c.clock.due} light={c.light as LightName} now={c.clock.endedAt ? undefined : now} provisional={c.clock.provisional} stopped={isStopped(c)} />
    </div>
  );
}

/** Why a clock is due on its day: who extended it and why, on what ground days are left out; and what happened to it. */
export function Account({ view }: { view: ClockView }) {
  const { t, i18n } = useTranslation("case");
  return (
    <>
      <strong className="small">{t("whyThisDay")}</strong>
      <ol style={{ margin: "4px 0 12px", paddingInlineStart: 20 }}>
        {view.lines.map((l, i) => (
          <li key={i}>
            {inLanguage(l.text, i18n.language)}
            {l.law && <span className="muted small"> {inLanguage(l.law, i18n.language)}</span>}
          </li>
        ))}
      </ol>
      <strong className="small">{t("whatHappened")}</strong>
      <ul className="bare" style={{ marginTop: 4 }}>
        {view.ledger.map((e, i) => (
          <li key={i}>
            <time className="muted small number" dateTime={e.at}>{minute(e.at)}</time> {inLanguage(e.text, i18n.language)}
          </li>
        ))}
      </ul>
    </>
  );
}
