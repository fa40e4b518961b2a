// A duty: a paper that was to follow, or something to be done, with what proves it.
import { App, Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { File as Stored } from "../../api/gen/types.gen";
import { Answered } from "./Answered";
import type { AskProps } from "./Asks";
import { FileField } from "./FileField";
import { useTrackAct } from "./pass";

export function DutyForm({ pass, ask }: AskProps) {
  const { t } = useTranslation("track");
  const { message } = App.useApp();
  const [file, setFile] = useState<Stored>();
  const [text, setText] = useState("");
  const act = useTrackAct(pass, "fulfil", () => void message.success(t("sent")));
  const id = `duty-${ask.task}`;
  return (
    <>
      <FileField pass={pass} name={ask.name ?? ""} file={file} onFile={setFile} />
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
            ...(file && ask.paper ? { papers: [{ id: ask.paper, hash: file.hash }] } : {}),
            ...(file && !ask.paper ? { evidence: [{ name: file.name, hash: file.hash, type: file.type, size: file.size }] } : {}),
            ...(text.trim() ? { reason: text.trim() } : {}),
          })
        }>
        {t("duty.send")}
      </Button>
    </>
  );
}
