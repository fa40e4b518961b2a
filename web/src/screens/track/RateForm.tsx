// Five grades and a free word; only the applicant himself rates.
import { App, Button, Input, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Answered } from "./Answered";
import type { AskProps } from "./Asks";
import { useTrackAct } from "./pass";

const grades = [1, 2, 3, 4, 5] as const;

export function RateForm({ pass }: AskProps) {
  const { t } = useTranslation("track");
  const { message } = App.useApp();
  const [grade, setGrade] = useState<number>();
  const [text, setText] = useState("");
  const act = useTrackAct(pass, "rate", () => void message.success(t("rate.thanks")));
  return (
    <>
      <Radio.Group className="track-grades" aria-label={t("ask.rate")} value={grade ?? null} onChange={(e) => setGrade(e.target.value as number)}
        options={grades.map((g) => ({ value: g, label: t(`grade.${g}`) }))} />
      <label className="small muted" htmlFor="rating-words">{t("rate.say")}</label>
      <Input.TextArea id="rating-words" autoSize={{ minRows: 2, maxRows: 6 }} maxLength={2000} value={text} onChange={(e) => setText(e.target.value)} />
      <Answered error={act.error} />
      <Button type="primary" size="large" block disabled={!grade} loading={act.isPending} style={{ marginTop: 8 }} onClick={() => act.mutate({ grade, ...(text.trim() ? { reason: text.trim() } : {}) })}>{t("rate.send")}</Button>
    </>
  );
}
