// The questions that decide what has to be brought. Digits answer and the focus goes on by itself; Enter
// goes on where an answer has several parts.
import { Checkbox, InputNumber, Radio, Tag } from "antd";
import { forwardRef, useEffect, useImperativeHandle, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { answered } from "./filing";
import type { Question } from "./filing";

export interface QuestionsHandle {
  /** Focus on the first question without an answer; false: there is none. */
  focus: () => boolean;
}

interface Props {
  questions: Question[];
  answers: Record<string, unknown>;
  /** Where an answer was taken from. */
  taken: Record<string, string>;
  /** The list belongs to the answers: no further question may appear or go. */
  settled: boolean;
  onAnswer: (id: string, value: unknown) => void;
  /** The last question is answered. */
  onEnd: () => void;
}

export const Questions = forwardRef<QuestionsHandle, Props>(function Questions({ questions, answers, taken, settled, onAnswer, onEnd }, ref) {
  const box = useRef<HTMLDivElement>(null);
  const [leaving, setLeaving] = useState<string>();
  const focus = (id: string) =>
    box.current?.querySelector<HTMLElement>(`[data-question="${CSS.escape(id)}"] :is(input:checked, input:not([type=radio]), input)`)?.focus();
  useImperativeHandle(ref, () => ({
    focus: () => {
      const first = questions.find((q) => !answered(answers[q.id]));
      if (first) focus(first.id);
      return !!first;
    },
  }));
  // The next question is known only when the answer before it has been weighed.
  useEffect(() => {
    if (leaving === undefined || !settled) return;
    const at = questions.findIndex((q) => q.id === leaving);
    const rest = [...questions.slice(at + 1), ...questions.slice(0, at)];
    const next = rest.find((q) => !answered(answers[q.id]));
    setLeaving(undefined);
    if (next) focus(next.id);
    else onEnd();
  }, [leaving, settled, questions, answers, onEnd]);
  return (
    <div ref={box}>
      {questions.map((q, i) => (
        <One key={q.id} q={q} n={i + 1} value={answers[q.id]} source={taken[q.id]} onAnswer={(v) => onAnswer(q.id, v)} onNext={() => setLeaving(q.id)} />
      ))}
    </div>
  );
});

interface OneProps {
  q: Question;
  n: number;
  value: unknown;
  source: string | undefined;
  onAnswer: (value: unknown) => void;
  onNext: () => void;
}

function One({ q, n, value, source, onAnswer, onNext }: OneProps) {
  const { t } = useTranslation("filing");
  const label = `question-${q.id}`;
  const options: { value: unknown; label: string }[] =
    q.type === "boolean"
      ? [{ value: true, label: t("yes") }, { value: false, label: t("no") }]
      : (q.options ?? []).map((o) => ({ value: o.id, label: o.label }));
  const numbered = options.map((o, i) => ({ ...o, label: <><kbd aria-hidden>{i + 1}</kbd> {o.label}</> }));
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.altKey || e.metaKey) return;
    if (e.key === "Enter") {
      e.preventDefault();
      if (answered(value) && q.type !== "number") onNext();
      return;
    }
    if (q.type === "number") return;
    const at = q.type === "boolean" && /^[yn]$/i.test(e.key) ? (e.key.toLowerCase() === "y" ? 0 : 1) : Number(e.key) - 1;
    const option = Number.isInteger(at) ? options[at] : undefined;
    if (!option) return;
    e.preventDefault();
    if (q.type === "choices") {
      const list = (value as string[] | undefined) ?? [];
      onAnswer(list.includes(option.value as string) ? list.filter((x) => x !== option.value) : [...list, option.value]);
    } else {
      onAnswer(option.value);
      onNext();
    }
  };
  return (
    <div role={q.type === "number" ? undefined : "group"} aria-labelledby={q.type === "number" ? undefined : label} data-question={q.id} onKeyDown={onKeyDown} className="filing-question">
      <span id={label} className="filing-ask">{n}. {q.ask}</span>
      <span>
        {q.type === "number" && <NumberAnswer q={q} label={label} value={value as number | undefined} onAnswer={onAnswer} onNext={onNext} />}
        {q.type === "choices" && (
          <Checkbox.Group value={(value as string[] | undefined) ?? []} options={numbered as never} onChange={(list) => onAnswer(list)} />
        )}
        {(q.type === "boolean" || q.type === "choice") && (
          <Radio.Group name={q.id} value={value ?? null} options={numbered as never} onChange={(e) => onAnswer(e.target.value)} />
        )}
        {source && <Tag color="blue" title={t("offer.why")}>{t("offer.from", { source })}</Tag>}
      </span>
    </div>
  );
}

/** Told when it is whole: every figure typed would ask the server again. */
function NumberAnswer({ q, label, value, onAnswer, onNext }: { q: Question; label: string; value: number | undefined; onAnswer: (v: unknown) => void; onNext: () => void }) {
  const [typed, setTyped] = useState<number | null>(value ?? null);
  useEffect(() => setTyped(value ?? null), [value]);
  const tell = () => typed !== (value ?? null) && onAnswer(typed ?? undefined);
  return (
    <InputNumber
      aria-labelledby={label} value={typed} {...(q.min === undefined ? {} : { min: q.min })} {...(q.max === undefined ? {} : { max: q.max })} style={{ width: 140 }}
      onChange={(v) => setTyped(v as number | null)}
      onBlur={tell}
      onPressEnter={() => {
        if (typed === null) return;
        tell();
        onNext();
      }}
    />
  );
}
