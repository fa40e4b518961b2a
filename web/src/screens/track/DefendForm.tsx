// A result is to be annulled: its holder says what he has to say before it is decided (行政许可法第七条).
import { App, Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Article, File as Stored, WhyInQuestion } from "../../api/gen/types.gen";
import { Answered } from "./Answered";
import type { AskProps } from "./Asks";
import { FileField } from "./FileField";
import { useTrackAct, type Pass } from "./pass";

export function DefendForm({ pass, ask }: AskProps) {
  const { t } = useTranslation("track");
  return (
    <>
      <p>{t("defend.right", { name: ask.name })}</p>
      <Why of={ask.why ?? "ground"} duty={ask.failing} reason={ask.reason} law={ask.law} />
      <Statement pass={pass} output={ask.output} />
    </>
  );
}

/** Why a result is in question: the duty that was not met, what is said about it, the ground of the law. */
export function Why({ of, duty, reason, law }: { of: WhyInQuestion; duty?: string | undefined; reason?: string | undefined; law?: Article | undefined }) {
  const { t } = useTranslation("track");
  if (!duty && !reason) return null;
  return (
    <p className="track-why">
      {t("defend.why")} {duty && of !== "ground" && t(`defend.duty.${of}`, { duty })} {reason} {law && t("common:refusal.law", { law: law.law, article: law.article })}
    </p>
  );
}

/** What the holder has to say for a result, with what proves it; also a second time, while it is not decided. */
export function Statement({ pass, output, onSent }: { pass: Pass; output?: string | undefined; onSent?: () => void }) {
  const { t } = useTranslation("track");
  const { message } = App.useApp();
  const [text, setText] = useState("");
  const [file, setFile] = useState<Stored>();
  const act = useTrackAct(pass, "defend", () => {
    void message.success(t("sent"));
    onSent?.();
  });
  const id = `defend-${output ?? ""}`;
  return (
    <>
      <label className="small muted" htmlFor={id}>{t("defend.say")}</label>
      <Input.TextArea id={id} autoSize={{ minRows: 3, maxRows: 10 }} maxLength={2000} value={text} onChange={(e) => setText(e.target.value)} />
      <FileField pass={pass} name={t("defend.proof")} titled file={file} onFile={setFile} />
      <Answered error={act.error} />
      <Button type="primary" size="large" block disabled={!text.trim()} loading={act.isPending} style={{ marginTop: 8 }}
        onClick={() =>
          act.mutate({
            ...(output ? { output } : {}),
            reason: text.trim(),
            ...(file ? { evidence: [{ name: file.name, hash: file.hash, type: file.type, size: file.size }] } : {}),
          })
        }>
        {t("defend.send")}
      </Button>
    </>
  );
}
