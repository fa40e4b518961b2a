// Points of a visit that were to be put right: the applicant says what he has done.
import { App, Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Answered } from "./Answered";
import type { AskProps } from "./Asks";
import { useTrackAct } from "./pass";

export function RectifyForm({ pass, view, ask }: AskProps) {
  const { t } = useTranslation("track");
  const { message } = App.useApp();
  const [texts, setTexts] = useState<Record<string, string>>({});
  const act = useTrackAct(pass, "rectify", () => void message.success(t("sent")));
  const lines = (view.notices ?? []).filter((n) => n.kind === "rectification" && n.step === ask.step).at(-1)?.lines ?? [];
  return (
    <>
      <ol className="track-lines">
        {lines.map((l) => (
          <li key={l.of}>
            <strong>{l.reason}</strong>{l.name && l.name !== l.reason && <p className="track-why">{l.name}</p>}
            <label className="small muted" htmlFor={`put-${l.of}`}>{t("rectify.say")}</label>
            <Input.TextArea id={`put-${l.of}`} autoSize={{ minRows: 1, maxRows: 6 }} value={texts[l.of] ?? ""} onChange={(e) => setTexts((all) => ({ ...all, [l.of]: e.target.value }))} />
          </li>
        ))}
      </ol>
      <Answered error={act.error} />
      <Button type="primary" size="large" block loading={act.isPending}
        onClick={() => act.mutate({ step: ask.step, statements: Object.entries(texts).flatMap(([of, text]) => (text.trim() ? [{ of, text: text.trim() }] : [])) })}>
        {t("rectify.send")}
      </Button>
    </>
  );
}
