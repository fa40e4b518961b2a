// What the applicant himself is asked to do, each with its last day and its form.
import { ClockCircleOutlined } from "@ant-design/icons";
import { Alert } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { TrackAsk, TrackView } from "../../api/gen/types.gen";
import { clockQuery } from "../../app/BusinessTime";
import { daysLeft, lastDay } from "../../parts/time";
import { aside, colon } from "../../texts/marks";
import { AnswerForm } from "./AnswerForm";
import { DefendForm } from "./DefendForm";
import { DutyForm } from "./DutyForm";
import { MoreTime } from "./MoreTime";
import { RateForm } from "./RateForm";
import { RectifyForm } from "./RectifyForm";
import { RequestForm } from "./RequestForm";
import type { Pass } from "./pass";

const forms = { answer: AnswerForm, rectify: RectifyForm, duty: DutyForm, letter: DutyForm, request: RequestForm, defend: DefendForm, rate: RateForm };

export interface AskProps {
  pass: Pass;
  view: TrackView;
  ask: TrackAsk;
}

export function Asks({ pass, view }: { pass: Pass; view: TrackView }) {
  const { t } = useTranslation("track");
  const clock = useQuery(clockQuery);
  const now = clock.data ? new Date(clock.data.now) : new Date();
  const asks = view.asks ?? [];
  if (asks.length === 0) {
    return view.status === "closed" ? null : <Alert type="success" showIcon title={t("ask.none")} style={{ marginBottom: 12 }} />;
  }
  return asks.map((ask) => {
    const Form = forms[ask.kind];
    return (
      <section key={ask.task} className="track-card track-ask" aria-label={t(`ask.${ask.kind}`)}>
        <h2>{t(`ask.${ask.kind}`)}{(["duty", "letter", "defend"].includes(ask.kind) || ask.duty) && ask.name && colon() + ask.name}</h2>
        {ask.due && (
          <p className="track-due"><ClockCircleOutlined aria-hidden /> {t("ask.until", { day: lastDay(ask.due) })}{aside(left(t, daysLeft(ask.due, now)))}</p>
        )}
        <Form pass={pass} view={view} ask={ask} />
        {ask.more && <MoreTime pass={pass} more={ask.more} />}
      </section>
    );
  });
}

function left(t: (k: "common:due.left" | "common:due.today" | "common:due.over", o?: { count: number }) => string, days: number): string {
  return days > 0 ? t("common:due.left", { count: days }) : days === 0 ? t("common:due.today") : t("common:due.over", { count: -days });
}
