// The first move: the questions as the applicant gets them, the form, the papers left out.
import { Alert, Button, Checkbox, DatePicker, Form, Input, InputNumber, Radio, Select, Space } from "antd";
import dayjs from "dayjs";
import type { Dayjs } from "dayjs";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { parse, stringify } from "yaml";
import type { PlayMove, Played } from "../../../api/gen/types.gen";
import { Broken } from "../../../parts/States";
import { day } from "../../../parts/time";
import { usePlayed } from "./moves";
import { sample } from "./sample";
import { MoveRefusal } from "./Stand";
import { filled } from "./sample";

type Question = Played["questions"][number];

export function Filing({ text, onFile }: { text: string; onFile: (m: PlayMove) => void }) {
  const { t } = useTranslation("analyst");
  const [answers, setAnswers] = useState<Record<string, unknown>>({});
  const [without, setWithout] = useState<string[]>([]);
  const [sources, setSources] = useState<Said[]>([]);
  const [at, setAt] = useState<Dayjs | null>(null);
  const [form, setForm] = useState<string>();
  const [tried, setTried] = useState(false);

  const data = useMemo(() => {
    let written: unknown;
    try {
      written = form === undefined ? undefined : parse(form);
    } catch {
      written = undefined;
    }
    return { answers: filled(answers), ...(written ? { form: written } : {}), ...(without.length > 0 ? { without } : {}), ...(sources.length > 0 ? { sources } : {}) };
  }, [answers, form, without, sources]);
  const move: PlayMove = { do: "file", ...(at ? { at: at.format("YYYY-MM-DDTHH:mm") } : {}), data };
  // Playing the filing tells which questions and papers these answers lead to; it is a move only when it is handed in.
  const tryOut = usePlayed(text, [move]);
  const out = tryOut.data;

  useEffect(() => {
    if (form === undefined && out?.form) setForm(stringify(sample(out.form, day(new Date()))));
  }, [form, out?.form]);

  if (tryOut.error) return <Broken error={tryOut.error} again={() => void tryOut.refetch()} />;
  const questions = out?.questions.filter((q) => q.asked) ?? [];
  const last = out?.moves[out.moves.length - 1];
  return (
    <div className="pane-scroll">
      <h3 className="pane-head">{t("play.filing")}</h3>
      <p className="muted">{t("play.filingWhy")}</p>
      <Form layout="vertical" onFinish={() => (last?.ok ? onFile(move) : setTried(true))}>
        {questions.map((q) => (
          <Form.Item key={q.id} label={q.ask} htmlFor={`play-${q.id}`} style={{ marginBottom: 10 }}>
            <Answer q={q} value={answers[q.id]} onChange={(v) => setAnswers((a) => ({ ...a, [q.id]: v }))} />
          </Form.Item>
        ))}
        {out && out.papers.length > 0 && (
          <Form.Item label={t("play.papers")} extra={t("play.papersWhy")} style={{ marginBottom: 10 }}>
            <Checkbox.Group
              value={out.papers.filter((p) => !without.includes(p.id)).map((p) => p.id)}
              onChange={(has) => setWithout(out.papers.filter((p) => !has.includes(p.id)).map((p) => p.id))}
              options={out.papers.map((p) => ({ value: p.id, label: p.name }))}
            />
          </Form.Item>
        )}
        {out && out.sources.length > 0 && (
          <details style={{ marginBottom: 10 }}>
            <summary>{t("play.sources", { count: sources.length })}</summary>
            <p className="muted small">{t("play.sourcesWhy")}</p>
            {out.sources.map((x) => <Source key={x.source + x.of} source={x} question={out.questions.find((q) => q.id === x.of)} said={sources.find((a) => a.source === x.source && a.of === x.of)}
              onChange={(said) => setSources((list) => [...list.filter((a) => a.source !== x.source || a.of !== x.of), ...(said ? [said] : [])])} />)}
          </details>
        )}
        <Form.Item label={t("play.form")} htmlFor="play-form" extra={t("play.formWhy")} style={{ marginBottom: 10 }}>
          <Input.TextArea id="play-form" rows={5} value={form ?? ""} onChange={(e) => setForm(e.target.value)} spellCheck={false} style={{ fontFamily: "monospace" }} />
        </Form.Item>
        <Form.Item label={t("play.fileAt")} htmlFor="play-at" style={{ marginBottom: 10 }}>
          <DatePicker id="play-at" showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" value={at} onChange={setAt} placeholder={t("play.nextWorkday")} defaultPickerValue={dayjs()} />
        </Form.Item>
        {tried && last && !last.ok && <MoveRefusal move={last} />}
        {out && out.findings.some((f) => f.severity === "error") && <Alert type="error" showIcon title={t("play.errors")} />}
        <Space style={{ marginTop: 8 }}>
          <Button type="primary" htmlType="submit" loading={tryOut.isFetching} disabled={!last}>{t("play.file")}</Button>
        </Space>
      </Form>
    </div>
  );
}

/** What a source is made to answer. */
interface Said {
  source: string;
  of: string;
  result: string;
  value?: unknown;
}

const results = ["found", "none", "expired", "unchecked", "failed", "unconnected"] as const;

function Source({ source, question, said, onChange }: { source: Played["sources"][number]; question: Question | undefined; said: Said | undefined; onChange: (said: Said | undefined) => void }) {
  const { t } = useTranslation("analyst");
  const of = { source: source.source, of: source.of };
  const label = t("play.sourceOf", { source: source.source, what: source.name });
  return (
    <Space wrap style={{ display: "flex", marginBottom: 4 }}>
      <span>{label}</span>
      <Select size="small" style={{ width: 130 }} aria-label={label} showSearch={{ optionFilterProp: "label" }} value={said?.result ?? ""} onChange={(result) => onChange(result ? { ...said, ...of, result } : undefined)}
        options={[{ value: "", label: t("play.notAsked") }, ...results.map((value) => ({ value, label: t(`sourceResult.${value}`) }))]} />
      {said?.result === "found" && question && <Answer q={{ ...question, id: `${source.source}-${question.id}` }} value={said.value} onChange={(value) => onChange({ ...said, value })} />}
    </Space>
  );
}

function Answer({ q, value, onChange }: { q: Question; value: unknown; onChange: (v: unknown) => void }) {
  const { t } = useTranslation("analyst");
  const options = (q.options ?? []).map((o) => ({ value: o.id, label: o.label }));
  switch (q.type) {
    case "boolean":
      return <Radio.Group id={`play-${q.id}`} value={value} onChange={(e) => onChange(e.target.value)} options={[{ value: true, label: t("yes") }, { value: false, label: t("no") }]} />;
    case "choice":
      return <Select id={`play-${q.id}`} style={{ minWidth: 240 }} value={value as string | undefined} onChange={onChange} options={options} />;
    case "choices":
      return <Checkbox.Group value={(value as string[] | undefined) ?? []} onChange={onChange} options={options} />;
    case "number":
    case "integer":
      return <InputNumber id={`play-${q.id}`} value={value as number | undefined} onChange={onChange} />;
    default:
      return <Input id={`play-${q.id}`} value={(value as string | undefined) ?? ""} onChange={(e) => onChange(e.target.value)} />;
  }
}
