// The correction notice, line by line: a file for a paper, a statement for anything.
import { App, Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { File as Stored } from "../../api/gen/types.gen";
import { Answered } from "./Answered";
import type { AskProps } from "./Asks";
import { FileField } from "./FileField";
import { useTrackAct } from "./pass";

export function AnswerForm({ pass, view, ask }: AskProps) {
  const { t } = useTranslation("track");
  const { message } = App.useApp();
  const [files, setFiles] = useState<Record<string, Stored | undefined>>({});
  const [texts, setTexts] = useState<Record<string, string>>({});
  const act = useTrackAct(pass, "answer", () => void message.success(t("sent")));
  const lines = (view.notices ?? []).filter((n) => n.kind === "correction").at(-1)?.lines ?? [];
  const open = lines.filter((l) => !l.answered);
  const papers = new Set((view.papers ?? []).map((p) => p.id));
  const send = () =>
    act.mutate({
      step: ask.step,
      ...(Object.values(files).some(Boolean) ? { papers: Object.entries(files).flatMap(([id, f]) => (f ? [{ id, hash: f.hash }] : [])) } : {}),
      ...(Object.values(texts).some((x) => x.trim()) ? { statements: Object.entries(texts).flatMap(([of, text]) => (text.trim() ? [{ of, text: text.trim() }] : [])) } : {}),
    });
  const touched = Object.values(files).some(Boolean) || Object.values(texts).some((x) => x.trim());
  return (
    <>
      <ol className="track-lines">
        {open.map((l) => (
          <li key={l.of}>
            <strong>{l.name ?? l.of}</strong>
            <p className="track-why">{l.reason}</p>
            {papers.has(l.of) && <FileField pass={pass} name={l.name ?? l.of} file={files[l.of]} onFile={(f) => setFiles((all) => ({ ...all, [l.of]: f }))} />}
            <label className="small muted" htmlFor={`say-${l.of}`}>{t(papers.has(l.of) ? "answer.say" : "answer.sayMust")}</label>
            <Input.TextArea id={`say-${l.of}`} autoSize={{ minRows: 1, maxRows: 6 }} value={texts[l.of] ?? ""} onChange={(e) => setTexts((all) => ({ ...all, [l.of]: e.target.value }))} />
          </li>
        ))}
      </ol>
      {lines.length > open.length && <p className="muted small">{t("answer.done", { count: lines.length - open.length })}</p>}
      <Answered error={act.error} />
      <Button type="primary" size="large" block disabled={!touched} loading={act.isPending} onClick={send}>{t("answer.send")}</Button>
      <p className="muted small" style={{ marginBottom: 0 }}>{t("answer.part")}</p>
    </>
  );
}
