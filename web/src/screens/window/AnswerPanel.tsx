// The answer to a correction notice, written down at the counter: for each line the paper that came, or what
// the applicant says.
import { App, Button, Checkbox, Input, Skeleton } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { File as Stored, NoticeLine } from "../../api/gen/types.gen";
import { FilePick } from "../../parts/FilePick";
import { useAct } from "../../parts/acts/useAct";
import { noticesQuery, papersQuery } from "../../parts/case/queries";
import { Refusal } from "../../parts/Refusal";
import { useDraft } from "../../parts/useDraft";

export interface LineAnswer {
  file?: Stored | undefined;
  original?: boolean;
  text?: string;
}

/** The body of the act: papers with a file, statements with a text. */
export function answerBody(step: string, given: Record<string, LineAnswer>) {
  const papers = Object.entries(given).flatMap(([id, a]) => (a.file ? [{ id, hash: a.file.hash, ...(a.original ? { original: true } : {}) }] : []));
  const statements = Object.entries(given).flatMap(([of, a]) => (a.text?.trim() ? [{ of, text: a.text.trim() }] : []));
  return { step, ...(papers.length ? { papers } : {}), ...(statements.length ? { statements } : {}) };
}

/** Lines of the correction notice still to be answered. */
export function openLines(notices: { kind: string; lines?: NoticeLine[] }[] | undefined): NoticeLine[] {
  return ((notices ?? []).filter((n) => n.kind === "correction").at(-1)?.lines ?? []).filter((l) => !l.answered);
}

const nothing: { given: Record<string, LineAnswer> } = { given: {} };

export function AnswerPanel({ number, step, task }: { number: string; step: string; task: string }) {
  const { t } = useTranslation("window");
  const { message } = App.useApp();
  const notices = useQuery(noticesQuery(number));
  const papers = useQuery(papersQuery(number));
  const draft = useDraft(`counter:${number}:${task}`.slice(0, 200), nothing);
  const send = useAct(number, () => {
    draft.set(() => nothing);
    void message.success(t("answer.done"));
  });
  if (!notices.data || !papers.data || !draft.value) return <Skeleton active title={false} />;
  const lines = openLines(notices.data.notices);
  const isPaper = new Set(papers.data.papers.map((p) => p.id));
  const { given } = draft.value;
  const set = (of: string, part: LineAnswer) => draft.set((d) => ({ given: { ...d.given, [of]: { ...d.given[of], ...part } } }));
  const { papers: files, statements } = answerBody(step, given);
  return (
    <>
      <ol className="answer-lines">
        {lines.map((l) => {
          const name = l.name ?? l.of;
          const mine = given[l.of];
          return (
            <li key={l.of}>
              <div className="answer-line">
                <span className="answer-what"><strong>{name}</strong> <span className="muted">{l.reason}</span></span>
                {isPaper.has(l.of) && <FilePick value={mine?.file} onChange={(file) => set(l.of, { file })} label={t("answer.choose", { name })} />}
                {mine?.file && <Checkbox checked={mine.original ?? false} onChange={(e) => set(l.of, { original: e.target.checked })}>{t("answer.original")}</Checkbox>}
                <Input size="small" aria-label={t("answer.sayOf", { name })} placeholder={t(isPaper.has(l.of) ? "answer.say" : "answer.sayMust")} value={mine?.text ?? ""} onChange={(e) => set(l.of, { text: e.target.value })} />
              </div>
            </li>
          );
        })}
      </ol>
      <Refusal error={send.error} onClose={() => send.reset()} />
      <Button type="primary" disabled={!files && !statements} loading={send.isPending} onClick={() => send.mutate({ act: "answer", body: { task, ...answerBody(step, given) } })}>{t("answer.send")}</Button>
      <span className="muted small" style={{ marginInlineStart: 8 }}>{t("answer.part", { count: lines.length })}</span>
    </>
  );
}
