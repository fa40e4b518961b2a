// The right to a hearing: asked for in time, or let go.
import { App, Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Answered } from "./Answered";
import type { AskProps } from "./Asks";
import { useTrackAct } from "./pass";

export function RequestForm({ pass, ask }: AskProps) {
  const { t } = useTranslation("track");
  const { message } = App.useApp();
  const [text, setText] = useState("");
  const act = useTrackAct(pass, "request", () => void message.success(t("sent")));
  return (
    <>
      <p>{t("request.right")}</p>
      <label className="small muted" htmlFor="hearing">{t("request.say")}</label>
      <Input.TextArea id="hearing" autoSize={{ minRows: 2, maxRows: 6 }} value={text} onChange={(e) => setText(e.target.value)} />
      <Answered error={act.error} />
      <Button type="primary" size="large" block loading={act.isPending} style={{ marginTop: 8 }} onClick={() => act.mutate({ step: ask.step, ...(text.trim() ? { reason: text.trim() } : {}) })}>{t("request.send")}</Button>
    </>
  );
}
