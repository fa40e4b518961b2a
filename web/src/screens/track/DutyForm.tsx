// A duty: a paper that was to follow, or something to be done, with what proves it.
import { App, Button, Checkbox, DatePicker, Input } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { File as Stored } from "../../api/gen/types.gen";
import { Answered } from "./Answered";
import type { AskProps } from "./Asks";
import { FileField } from "./FileField";
import { useTrackAct } from "./pass";

export function DutyForm({ pass, view, ask }: AskProps) {
  const { t } = useTranslation("track");
  const { message } = App.useApp();
  const [file, setFile] = useState<Stored>();
  const [text, setText] = useState("");
  const [letter, setLetter] = useState(false);
  const [until, setUntil] = useState<string>();
  // Before the letter that stands in has run out, another may take its place.
  const standsIn = (view.papers ?? []).some((p) => p.id === ask.paper && p.status === "letter");
  // Where nobody asks for the paper itself in this case, only a letter may come.
  const only = ask.kind === "letter";
  const act = useTrackAct(pass, "fulfil", () => void message.success(t("sent")));
  const id = `duty-${ask.task}`;
  return (
    <>
      {only && <p>{t("duty.renew")}</p>}
      <FileField pass={pass} name={ask.name ?? ""} file={file} onFile={setFile} />
      {standsIn && file && (
        <div style={{ display: "flex", gap: 8, alignItems: "center", flexWrap: "wrap", marginTop: 6 }}>
          {!only && <Checkbox checked={letter} onChange={(e) => setLetter(e.target.checked)}>{t("duty.letter")}</Checkbox>}
          {(only || letter) && <DatePicker aria-label={t("duty.until")} placeholder={t("duty.until")} value={until ? dayjs(until) : null} onChange={(d) => setUntil(d?.format("YYYY-MM-DD"))} />}
        </div>
      )}
      {!ask.paper && (
        <>
          <label className="small muted" htmlFor={id}>{t("duty.say")}</label>
          <Input.TextArea id={id} autoSize={{ minRows: 2, maxRows: 6 }} value={text} onChange={(e) => setText(e.target.value)} />
        </>
      )}
      <Answered error={act.error} />
      <Button type="primary" size="large" block disabled={ask.paper ? !file : !file && !text.trim()} loading={act.isPending} style={{ marginTop: 8 }}
        onClick={() =>
          act.mutate({
            ...(ask.duty ? { duty: ask.duty } : {}),
            ...(file && ask.paper ? { papers: [{ id: ask.paper, hash: file.hash, ...(standsIn && (only || letter) ? { letter: true, ...(until ? { until } : {}) } : {}) }] } : {}),
            ...(file && !ask.paper ? { evidence: [{ name: file.name, hash: file.hash, type: file.type, size: file.size }] } : {}),
            ...(text.trim() ? { reason: text.trim() } : {}),
          })
        }>
        {t("duty.send")}
      </Button>
    </>
  );
}
