// What was found at a visit, or ordered to be put right after the grant: the applicant says what he has done.
import { App, Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { File as Stored } from "../../api/gen/types.gen";
import { Answered } from "./Answered";
import type { AskProps } from "./Asks";
import { FileField } from "./FileField";
import { useTrackAct } from "./pass";

export function RectifyForm({ pass, view, ask }: AskProps) {
  const { t } = useTranslation("track");
  const { message } = App.useApp();
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [file, setFile] = useState<Stored>();
  const act = useTrackAct(pass, "rectify", () => void message.success(t("sent")));
  const duty = ask.duty;
  const notice = (view.notices ?? []).filter((n) => (duty ? n.kind === "fix" && n.id.split("#")[0] === `fix.${duty}` : n.kind === "rectification" && n.step === ask.step)).at(-1);
  return (
    <>
      {duty && notice?.text && <p className="track-why">{t("rectify.why")} {notice.text}</p>}
      <ol className="track-lines">
        {(notice?.lines ?? []).map((l) => (
          <li key={l.of}>
            <strong>{l.reason}</strong>{l.name && l.name !== l.reason && <p className="track-why">{l.name}</p>}
            <label className="small muted" style={{ display: "block" }} htmlFor={`put-${l.of}`}>{t("rectify.say")}</label>
            <Input.TextArea id={`put-${l.of}`} autoSize={{ minRows: 1, maxRows: 6 }} value={texts[l.of] ?? ""} onChange={(e) => setTexts((all) => ({ ...all, [l.of]: e.target.value }))} />
          </li>
        ))}
      </ol>
      {duty && <FileField pass={pass} name={t("rectify.proof")} titled file={file} onFile={setFile} />}
      <Answered error={act.error} />
      {duty && <p className="small muted">{t("rectify.then")}</p>}
      <Button type="primary" size="large" block loading={act.isPending}
        onClick={() =>
          act.mutate({
            ...(duty ? { duty } : { step: ask.step }),
            statements: Object.entries(texts).flatMap(([of, text]) => (text.trim() ? [{ of, text: text.trim() }] : [])),
            ...(file ? { evidence: [{ name: file.name, hash: file.hash, type: file.type, size: file.size }] } : {}),
          })
        }>
        {t("rectify.send")}
      </Button>
    </>
  );
}
