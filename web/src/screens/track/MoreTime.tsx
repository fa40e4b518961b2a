// More time: asked for with the reason before it is over, and what became of it.
import { App, Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { File as Stored, MoreTime as More, TrackDelay } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { minute } from "../../parts/time";
import { colon } from "../../texts/marks";
import { Answered } from "./Answered";
import { FileField } from "./FileField";
import type { Pass } from "./pass";
import { useTrackAct } from "./pass";

export function MoreTime({ pass, more }: { pass: Pass; more: More }) {
  const { t, i18n } = useTranslation("track");
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [file, setFile] = useState<Stored>();
  const act = useTrackAct(pass, "askTime", () => void message.success(t("sent")));
  if (!open) return <Button type="link" block onClick={() => setOpen(true)}>{t("delay.open")}</Button>;
  return (
    <>
      <p className="small muted">{t(more.proof ? "delay.force" : "delay.rule", { more: inLanguage(more.text, i18n.language) || more.time, by: inLanguage(more.by, i18n.language) })}</p>
      <label className="small muted" htmlFor={`delay-${more.clock}`}>{t("delay.say")}</label>
      <Input.TextArea id={`delay-${more.clock}`} autoSize={{ minRows: 2, maxRows: 6 }} value={text} onChange={(e) => setText(e.target.value)} />
      <FileField pass={pass} name={t(more.proof ? "delay.proof" : "delay.file")} titled file={file} onFile={setFile} />
      <Answered error={act.error} />
      <Button size="large" block loading={act.isPending} disabled={!text.trim() || (more.proof && !file)} style={{ marginTop: 8 }}
        onClick={() =>
          act.mutate({
            clock: more.clock, reason: text.trim(),
            ...(file ? { evidence: [{ name: file.name, hash: file.hash, type: file.type, size: file.size }] } : {}),
          })
        }>
        {t("delay.send")}
      </Button>
    </>
  );
}

/** What the applicant has asked for, the last first. */
export function Delays({ list }: { list: TrackDelay[] }) {
  const { t, i18n } = useTranslation("track");
  if (!list.length) return null;
  return (
    <section className="track-card" aria-labelledby="delays">
      <h2 id="delays">{t("delay.title")}</h2>
      {list.map((d) => (
        <div key={d.id} style={{ marginTop: 8 }}>
          <strong>{inLanguage(d.name, i18n.language)}</strong> {t(`delay.${d.status === "open" ? "pending" : d.status}`, { day: d.until ?? d.day })}
          <p className="track-why">{minute(d.at)} {d.reason}</p>
          {d.status === "refused" && d.answer && <p className="track-why">{t("delay.answer")}{colon()}{d.answer}</p>}
        </div>
      ))}
    </section>
  );
}
