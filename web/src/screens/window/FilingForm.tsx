import { CheckCircleOutlined, CloudOutlined, WarningOutlined } from "@ant-design/icons";
import { Alert, Button, Card, Input, Skeleton, Tooltip } from "antd";
import { Suspense, lazy, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Start } from "../../api/gen/types.gen";
import { Refused } from "../../api/client";
import { inLanguage } from "../../app/language";
import { Refusal } from "../../parts/Refusal";
import type { SchemaFormHandle } from "../../parts/forms/SchemaForm";
import { fillEmpty } from "../../parts/forms/fields";
import type { Draft } from "../../parts/useDraft";
import { comma } from "../../texts/marks";
import { EarlierCase } from "./EarlierCase";
import { Extras } from "./Extras";
import { PaperRows } from "./PaperRows";
import type { PapersHandle } from "./PaperRows";
import { Questions } from "./Questions";
import type { QuestionsHandle } from "./Questions";
import { answered, asked, missing, numberField, putOff, startBody } from "./filing";
import type { Filing } from "./filing";
import type { WindowGuide } from "./guide";
import { useChecklist, useLeft, useOffers } from "./reads";

const SchemaForm = lazy(() => import("../../parts/forms/SchemaForm"));

interface Props {
  item: string;
  guide: WindowGuide;
  draft: Draft<Filing>;
  filing: Filing;
  busy: boolean;
  refused: unknown;
  onSubmit: (x: { body: Start; applicant: string; papers: string[]; missing: string[] }) => void;
}

export function FilingForm({ item, guide, draft, filing, busy, refused, onSubmit }: Props) {
  const { t, i18n } = useTranslation("filing");
  const { set } = draft;
  const questionsRef = useRef<QuestionsHandle>(null);
  const formRef = useRef<SchemaFormHandle>(null);
  const papersRef = useRef<PapersHandle>(null);
  const submitRef = useRef<HTMLButtonElement>(null);
  const [hint, setHint] = useState<string>();

  const left = useLeft(item, guide, filing.answers);
  const questions = useMemo(() => asked(guide.questions, left.guide.questions, filing.answers), [guide, left.guide, filing.answers]);
  const complete = left.settled && questions.every((q) => answered(filing.answers[q.id]));
  const list = useChecklist(item, guide, questions, filing, complete);
  const offers = useOffers(item, filing.applicantId);
  useEffect(() => {
    const found = (offers ?? []).filter((o) => o.result === "found" && o.value !== undefined);
    if (found.length === 0) return;
    set((f) => {
      const fresh = found.filter((o) => !answered(f.answers[o.question]));
      if (fresh.length === 0) return f;
      return {
        ...f,
        answers: { ...f.answers, ...Object.fromEntries(fresh.map((o) => [o.question, o.value])) },
        taken: { ...f.taken, answers: { ...f.taken.answers, ...Object.fromEntries(fresh.map((o) => [o.question, o.source])) } },
      };
    });
  }, [offers, set]);

  const onAnswer = useCallback(
    (id: string, value: unknown) =>
      set((f) => {
        const { [id]: _, ...taken } = f.taken.answers;
        return { ...f, answers: { ...f.answers, [id]: value }, taken: { ...f.taken, answers: taken } };
      }),
    [set],
  );
  const toPapers = useCallback(() => (papersRef.current ?? submitRef.current)?.focus(), []);
  const toForm = useCallback(() => {
    if (!formRef.current?.focus()) toPapers();
  }, [toPapers]);
  const toQuestions = () => {
    if (!questionsRef.current?.focus()) toForm();
  };

  /** The number is asked once: it goes into the form, too. */
  const tellNumber = (id: string) =>
    set((f) => {
      const field = numberField(id);
      const schema = guide.form?.properties?.applicant;
      const form = schema?.properties?.[field] && id ? (fillEmpty(guide.form!, f.form, { applicant: { [field]: id } }) as Record<string, unknown>) : f.form;
      return { ...f, applicantId: id, form };
    });

  const open = list.data ? missing(list.data.papers, filing) : [];
  const unsigned = [
    ...(list.data?.promises ?? []).filter((p) => !filing.promises[p.id]).map((p) => t("hint.promise", { name: p.text })),
    ...(putOff(list.data, filing).length > 0 && !filing.undertaking ? [t("hint.undertaking")] : []),
  ];
  const applicant = String((filing.form.applicant as { name?: string } | undefined)?.name ?? "");
  const submit = () => {
    setHint(undefined);
    if (!complete || !list.data) {
      setHint(t("hint.questions"));
      return void questionsRef.current?.focus();
    }
    if (formRef.current && !formRef.current.check()) return setHint(t("hint.form"));
    if (unsigned.length > 0) {
      setHint(unsigned[0]);
      return papersRef.current?.focus();
    }
    const { agent, cause } = filing;
    if (list.data.first && !(cause?.reason.trim() && cause.evidence.length > 0)) return setHint(t("hint.cause"));
    if (agent && !(agent.name && agent.until && agent.evidence)) return setHint(t("hint.agent"));
    onSubmit({
      body: startBody(guide.code, guide.version, filing, questions, list.data),
      applicant,
      papers: list.data.papers.filter((p) => filing.papers[p.id]?.file || filing.papers[p.id]?.held).map((p) => p.name),
      missing: open.map((p) => p.name),
    });
  };
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === "Enter" && e.ctrlKey) {
      e.preventDefault();
      submit();
    }
  };
  const where = refused instanceof Refused ? refused.problem.where : undefined;
  const paperName = where?.startsWith("papers.") ? guide.papers.find((p) => p.id === where.slice(7))?.name : undefined;
  return (
    <div className="page" onKeyDown={onKeyDown}>
      <div className="page-head">
        <h1>{guide.name}</h1>
        <span className="muted small">{t("head.version", { version: guide.version })}</span>
        <span className="grow" />
        <DraftMark draft={draft} />
      </div>
      <div className="columns">
        <div className="wide rows">
          <Card size="small" title={t("part.applicant")}>
            <NumberField value={filing.applicantId} onTell={tellNumber} onNext={toQuestions} />
            <EarlierCase id={filing.applicantId} schema={guide.form} taken={filing.taken.form}
              onTake={(form, from) => {
                set((f) => ({ ...f, form: fillEmpty(guide.form!, f.form, form) as Record<string, unknown>, taken: { ...f.taken, form: from } }));
                questionsRef.current?.focus();
              }} />
          </Card>
          {guide.questions.length > 0 && (
            <Card size="small" title={t("part.questions")} extra={<span className="muted small">{t("part.questionsHow")}</span>}>
              <Questions ref={questionsRef} questions={questions} answers={filing.answers} taken={filing.taken.answers} settled={left.settled} onAnswer={onAnswer} onEnd={toForm} />
            </Card>
          )}
          {guide.form && (
            <Card size="small" title={t("part.form")} extra={<span className="muted small">{t("part.formHow")}</span>}>
              <Suspense fallback={<Skeleton active />}>
                <SchemaForm ref={formRef} schema={guide.form} value={filing.form} onChange={(form) => set((f) => ({ ...f, form }))} onEnd={toPapers} />
              </Suspense>
              <Extras filing={filing} agents={guide.agents} first={list.data?.first ?? false} onChange={set} />
            </Card>
          )}
          <Card size="small" title={t("part.papers")}>
            {list.error ? <Refusal error={list.error} /> : !complete ? <span className="muted">{t("papers.after")}</span> : !list.data ? <Skeleton active /> : (
              <PaperRows ref={papersRef} list={list.data} guide={guide.papers} filing={filing} onChange={set} onEnd={() => submitRef.current?.focus()} />
            )}
          </Card>
        </div>
        <aside className="side rows filing-side" aria-label={t("side.label")}>
          <Card size="small" title={t("side.title")}>
            <Progress guide={left.guide} lang={i18n.language} promised={guide.promised} />
            <p className="filing-count">
              {complete && list.data
                ? open.length + unsigned.length === 0
                  ? <><CheckCircleOutlined aria-hidden /> {t("side.complete")}</>
                  : <><WarningOutlined aria-hidden /> {t("side.missing", { count: open.length + unsigned.length })}</>
                : <span className="muted">{t("side.answered", { done: questions.filter((q) => answered(filing.answers[q.id])).length, count: questions.length })}</span>}
            </p>
            {complete && open.length > 0 && <p className="muted small">{t("side.missingWhat")}</p>}
            {hint && <Alert type="warning" showIcon role="alert" title={hint} style={{ marginBottom: 8 }} />}
            {refused !== null && refused !== undefined && (
              <div style={{ marginBottom: 8 }}>
                {paperName && <p className="small" style={{ margin: 0 }}>{t("side.refusedPaper", { name: paperName })}</p>}
                <Refusal error={refused} />
              </div>
            )}
            <Tooltip title={t("side.key")} placement="left">
              <Button ref={submitRef} type="primary" block size="large" loading={busy} onClick={submit} data-step="submit">{t("side.submit")}</Button>
            </Tooltip>
            <p className="muted small" style={{ marginBottom: 0 }}>{t("side.then")}</p>
          </Card>
        </aside>
      </div>
    </div>
  );
}

function NumberField({ value, onTell, onNext }: { value: string; onTell: (id: string) => void; onNext: () => void }) {
  const { t } = useTranslation("filing");
  const [typed, setTyped] = useState(value);
  const tell = () => typed.trim() !== value && onTell(typed.trim());
  return (
    <div className="filing-question">
      <label htmlFor="applicant-number" className="filing-ask">{t("number.label")}</label>
      <Input id="applicant-number" autoFocus value={typed} onChange={(e) => setTyped(e.target.value)} onBlur={tell} style={{ width: 260 }} autoComplete="off"
        onPressEnter={(e) => {
          if (e.ctrlKey) return;
          tell();
          onNext();
        }} />
      <span className="muted small">{t("number.why")}</span>
    </div>
  );
}

/** Who will deal with it, and how long it takes at most. */
function Progress({ guide, lang, promised }: { guide: WindowGuide; lang: string; promised: { zh: string; en: string } | undefined }) {
  const { t } = useTranslation("filing");
  const steps = guide.steps.filter((s) => s.party && ["decide", "review", "visit", "hearing", "publicity"].includes(s.kind.id));
  return (
    <>
      {promised && <p style={{ marginTop: 0 }}>{t("side.promised")} <strong>{inLanguage(promised, lang)}</strong></p>}
      <div className="small muted">{t("side.who")}</div>
      <ul className="filing-who">{steps.map((s) => <li key={s.id}>{s.party}<span className="muted small"> · {s.name}</span></li>)}</ul>
      {guide.outputs.length > 0 && <><div className="small muted">{t("side.outputs")}</div><p style={{ margin: "0 0 8px" }}>{guide.outputs.map((o) => o.name).join(comma())}</p></>}
    </>
  );
}

function DraftMark({ draft }: { draft: Draft<Filing> }) {
  const { t } = useTranslation("filing");
  if (draft.state === "conflict") return <span role="alert"><WarningOutlined aria-hidden /> {t("draft.conflict")} <Button size="small" onClick={draft.overwrite}>{t("draft.overwrite")}</Button> <Button size="small" onClick={() => location.reload()}>{t("draft.reload")}</Button></span>;
  if (draft.state === "failed") return <span role="alert"><WarningOutlined aria-hidden /> {t("draft.failed")} <Button size="small" onClick={draft.overwrite}>{t("common:state.again")}</Button></span>;
  return <span className="muted small" role="status"><CloudOutlined aria-hidden /> {t(`draft.${draft.state}`)}</span>;
}
