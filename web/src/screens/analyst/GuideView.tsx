// The guide as the public will see it, made from the definition.
import { Descriptions, Skeleton, Table, Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { ReactNode } from "react";
import type { Guide } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { Nothing } from "../../parts/States";
import type { Words } from "../../parts/flow/types";
import { laws } from "../../texts/law";
import { aside, colon, comma, semicolon } from "../../texts/marks";

// The document keeps these open; this is how the server fills them (definition.Guide).
interface Word { id: string; name: Words }
interface Law { law: string; article?: string }
interface Limit { times: { text: Words; when?: Words }[]; extend?: Words; basis?: Law[] }
interface Whole {
  item: { code: string; name: string; version: string; effective: string; type: Word; handling: Word; mode?: Word; lead: string; channels: Word[]; agents: boolean; visits: number };
  basis: Law[] | null;
  statutory?: Limit;
  promised?: Limit;
  questions: { id: string; ask: string; type: string; options?: { id: string; label: string }[]; when?: Words }[];
  papers: { id: string; name: string; form: Word; count: number; when?: Words; from: Word[]; basis: Law[]; madeHere?: string; later?: Words }[];
  conditions: { id: string; text: string; when?: Words; basis: Law[] }[];
  steps: { id: string; name: string; kind: Word; party?: string; depth: number; when?: Words; limit?: Limit; optional?: boolean }[];
  outputs: { id: string; name: string; kind: Word; by: string; validity?: Words }[];
  promises: { id: string; text: string; when?: Words; grants: string; party: string; replaces: string[]; basis: Law[] }[];
  procedures: { step: string; name: string; party?: string; kind: Word; when?: Words; takes?: Words; notCounted?: Words; stops: Word[]; told?: string; basis: Law[] }[];
  actFirst?: { when: Words; time: Words; basis: Law[] };
  duties: { id: string; name: string; by: string; when?: Words; limit?: Limit; touches?: string; fix?: Words; basis: Law[] }[];
  fees: { step: string; amount: Words; basis: Law[] }[];
  ways: Word[];
  texts: { id: string; text: string }[];
}

export function GuideView({ guide, errors }: { guide: Guide | undefined; errors: number | undefined }) {
  const { t, i18n } = useTranslation("analyst");
  const say = (w: Words | undefined) => inLanguage(w, i18n.language);
  if (!guide) return errors === undefined ? <Skeleton active /> : <Nothing text={t("guide.none", { count: errors })} />;
  const g = guide as unknown as Whole;
  const limit = (l: Limit | undefined) => (l ? [...l.times.map((x) => (x.when ? say(x.when) + colon() + say(x.text) : say(x.text))), l.extend ? say(l.extend) : ""].filter(Boolean).join(semicolon()) : "");
  const facts: [string, ReactNode][] = [
    ["code", g.item.code], ["version", t("guide.versionFrom", { version: g.item.version, day: g.item.effective })], ["type", say(g.item.type?.name)], ["handling", say(g.item.handling?.name)],
    ["lead", g.item.lead], ["channels", g.item.channels?.map((c) => say(c.name)).join(comma())], ["statutory", limit(g.statutory)], ["promised", limit(g.promised)],
    ["basis", laws(g.basis)], ["visits", t("guide.times", { count: g.item.visits })], ["ways", g.ways.map((w) => say(w.name)).join(comma())],
    ["fees", g.fees.length === 0 ? t("guide.free") : g.fees.map((f) => `${f.step} ${say(f.amount)} ${laws(f.basis)}`).join(semicolon())],
  ];
  return (
    <article className="guide">
      <h2>{g.item.name}</h2>
      <Descriptions size="small" column={{ xs: 1, sm: 2 }} bordered styles={{ label: { whiteSpace: "nowrap" } }} items={facts.filter(([, v]) => v).map(([k, v]) => ({ key: k, label: t(`guide.${k}`), children: v, ...(["basis", "promised", "statutory", "fees"].includes(k) ? { span: "filled" as const } : {}) }))} />
      <Part title={t("guide.questions")} empty={g.questions.length === 0}>
        <ol>
          {g.questions.map((q) => (
            <li key={q.id}>
              {q.ask} <Tag>{t(`questionType.${q.type}`, { defaultValue: q.type })}</Tag> {q.options?.map((o) => o.label).join(" / ")}
              {q.when && <div className="muted small">{t("guide.askedWhen", { when: say(q.when) })}</div>}
            </li>
          ))}
        </ol>
      </Part>
      <Part title={t("guide.papers")} empty={g.papers.length === 0}>
        {/* Wider than a phone: moved by keyboard, too. */}
        <div className="guide-table" tabIndex={0} role="group" aria-label={t("guide.papers")}>
        <Table
          size="small" pagination={false} rowKey="id" dataSource={g.papers}
          columns={[
            { title: t("guide.paper"), render: (_, p) => <>{p.name}{p.madeHere && <div className="muted small">{t("guide.madeHere", { step: p.madeHere })}</div>}{p.later && <div className="muted small">{t("guide.later", { within: say(p.later) })}</div>}</> },
            { title: t("guide.form"), render: (_, p) => `${say(p.form.name)} ×${p.count}`, width: 90 },
            { title: t("guide.from"), render: (_, p) => p.from.map((f) => say(f.name)).join(comma()) },
            { title: t("guide.when"), render: (_, p) => say(p.when) || t("guide.always") },
            { title: t("guide.basis"), render: (_, p) => laws(p.basis) },
          ]}
        />
        </div>
      </Part>
      <Part title={t("guide.conditions")} empty={g.conditions.length === 0}>
        <ul>{g.conditions.map((c) => <li key={c.id}>{c.text}{c.when && <span className="muted">{aside(say(c.when))}</span>} <span className="muted small">{laws(c.basis)}</span></li>)}</ul>
      </Part>
      <Part title={t("guide.steps")} empty={g.steps.length === 0}>
        <ul className="bare">
          {g.steps.map((s) => (
            <li key={s.id} style={{ paddingInlineStart: s.depth * 18 }}>
              <strong>{s.name}</strong> {s.party && <Tag>{s.party}</Tag>} {limit(s.limit)} {s.optional && <Tag>{t("guide.optional")}</Tag>}
              {s.when && <span className="muted small"> {t("guide.onlyWhen", { when: say(s.when) })}</span>}
            </li>
          ))}
        </ul>
      </Part>
      <Part title={t("guide.outputs")} empty={g.outputs.length === 0}>
        <ul>{g.outputs.map((o) => <li key={o.id}>{o.name}{aside([say(o.kind.name), o.by].join(comma()))}{o.validity && <span className="muted"> {say(o.validity)}</span>}</li>)}</ul>
      </Part>
      <Part title={t("guide.promises")} empty={g.promises.length === 0}>
        <ul>
          {g.promises.map((p) => (
            <li key={p.id}>
              {t("guide.promiseFor", { matter: p.grants, party: p.party, papers: p.replaces.join(comma()) })}{say(p.when) && <span className="muted">{aside(say(p.when))}</span>} <span className="muted small">{laws(p.basis)}</span>
              <details><summary>{t("guide.promiseText")}</summary><p style={{ whiteSpace: "pre-wrap", marginTop: 4 }}>{p.text}</p></details>
            </li>
          ))}
        </ul>
      </Part>
      <Part title={t("guide.procedures")} empty={g.procedures.length === 0}>
        {/* Wider than a phone: moved by keyboard, too. */}
        <div className="guide-table" tabIndex={0} role="group" aria-label={t("guide.procedures")}>
        <Table
          size="small" pagination={false} rowKey={(p) => `${p.step} ${p.kind.id}`} dataSource={g.procedures}
          columns={[
            { title: t("guide.procedure"), render: (_, p) => <>{say(p.kind.name)}<div className="muted small">{p.name}{p.party && ` · ${p.party}`}</div></> },
            { title: t("guide.when"), render: (_, p) => say(p.when) || t("guide.always") },
            { title: t("guide.takes"), render: (_, p) => say(p.takes) },
            { title: t("guide.notCounted"), render: (_, p) => say(p.notCounted) && <>{say(p.notCounted)}{p.stops.length > 0 && <div className="muted small">{p.stops.map((x) => say(x.name)).join(comma())}</div>}</> },
            { title: t("guide.told"), render: (_, p) => p.told },
            { title: t("guide.basis"), render: (_, p) => laws(p.basis) },
          ]}
        />
        </div>
      </Part>
      {g.actFirst && (
        <Part title={t("guide.actFirst")} empty={false}>
          <p>{t("guide.actFirstIn", { when: say(g.actFirst.when), time: say(g.actFirst.time) })} <span className="muted small">{laws(g.actFirst.basis)}</span></p>
        </Part>
      )}
      <Part title={t("guide.duties")} empty={g.duties.length === 0}>
        <ul>
          {g.duties.map((d) => (
            <li key={d.id}>
              {t("guide.dutyOf", { by: d.by, name: d.name })} {limit(d.limit)}{say(d.when) && <span className="muted">{aside(say(d.when))}</span>} <span className="muted small">{laws(d.basis)}</span>
              {say(d.fix) && <div className="muted small">{say(d.fix)}</div>}
              {d.touches && <div className="muted small">{t("guide.touches", { result: d.touches })}</div>}
            </li>
          ))}
        </ul>
      </Part>
      {g.texts.map((x) => <Part key={x.id} title={t(`guideText.${x.id}`, { defaultValue: t("guide.more") })} empty={false}><p style={{ whiteSpace: "pre-wrap" }}>{x.text}</p></Part>)}
    </article>
  );
}

function Part({ title, empty, children }: { title: string; empty: boolean; children: ReactNode }) {
  return empty ? null : <section><h3>{title}</h3>{children}</section>;
}
