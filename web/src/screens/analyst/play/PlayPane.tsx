// Playing a definition: as the applicant and every party, at any time, without touching a real case. The moves are
// played anew on the text as it is now, so a change of the text shows at once where it leads.
import { FieldTimeOutlined, ForwardOutlined, ReloadOutlined, UndoOutlined } from "@ant-design/icons";
import { Alert, Button, DatePicker, Dropdown, Skeleton, Space, Tag } from "antd";
import type { Dayjs } from "dayjs";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PlayAct, PlayMove, Played, PlayTask } from "../../../api/gen/types.gen";
import { inLanguage } from "../../../app/language";
import { Flow, paintSteps } from "../../../parts/Flow";
import type { FlowGraph } from "../../../parts/flow/types";
import { Broken, Nothing } from "../../../parts/States";
import { minute } from "../../../parts/time";
import { useSettled } from "../editor/useCheck";
import { ActData } from "./ActData";
import { Filing } from "./Filing";
import { MoveRefusal, Stand } from "./Stand";
import { after, nextMorning, useMoves, usePlayed } from "./moves";

type Asked = { act: PlayAct; task?: string | undefined };

export default function PlayPane({ id, text, graph, onStep }: { id: string; text: string; graph: FlowGraph | undefined; onStep: (step: string) => void }) {
  const { t } = useTranslation("analyst");
  const { t: flowWords } = useTranslation("flow");
  const settled = useSettled(text, 700);
  const { moves, put } = useMoves(id);
  const play = usePlayed(settled, moves, moves.length > 0);
  const [asked, setAsked] = useState<Asked>();
  const played = play.data;
  const paint = useMemo(() => {
    if (!played) return undefined;
    const late = Object.fromEntries(played.clocks.filter((c) => c.overdue && c.step).map((c) => [c.step!, "red" as const]));
    return paintSteps(played.steps, flowWords, late);
  }, [played, flowWords]);

  if (moves.length === 0) return <Filing text={settled} onFile={(m) => put([m])} />;
  if (play.error) return <Broken error={play.error} again={() => void play.refetch()} />;
  if (!played) return <Skeleton active />;

  const add = (m: PlayMove) => put(after(moves, played.moves, m));
  const act = (a: PlayAct, task?: string) => {
    if (a.needs) setAsked({ act: a, task });
    else add({ do: a.do, by: a.by, ...(a.step ? { step: a.step } : {}), ...(task ? { task } : {}) });
  };
  const errors = played.findings.filter((f) => f.severity === "error").length;
  const last = played.moves[played.moves.length - 1];
  const standing = played.moves.filter((m) => m.ok).length;
  return (
    <div className="play">
      <div className="play-bar">
        <strong className="number">{played.now && minute(played.now)}</strong>
        {played.status && <Tag color="blue">{t(`caseState.${played.status}`, { defaultValue: played.status })}</Tag>}
        {played.outcome && <Tag color="green">{t(`outcome.${played.outcome}`, { defaultValue: played.outcome })}</Tag>}
        <span style={{ flex: 1 }} />
        {played.now && <Clock played={played} onWait={(at) => add({ do: "wait", at })} />}
        <Button size="small" icon={<UndoOutlined />} onClick={() => put(moves.slice(0, Math.max(0, Math.min(moves.length, standing < moves.length ? standing : standing - 1))))}>{t("play.undo")}</Button>
        <Button size="small" icon={<ReloadOutlined />} onClick={() => put([])}>{t("play.anew")}</Button>
      </div>
      {graph && <div className="play-flow"><Flow graph={graph} paint={paint} label={t("play.flow")} onSelect={onStep} height="100%" /></div>}
      {errors > 0 && <Alert type="error" showIcon title={t("play.errors")} />}
      <div className="play-body">
        <section aria-label={t("play.who")}>
          {last && !last.ok && <MoveRefusal move={last} />}
          {standing < moves.length - 1 && <Alert type="info" title={t("play.cut", { count: moves.length - standing })} />}
          {played.parties.length === 0 && <Nothing text={t(played.status === "closed" ? "play.closed" : "play.nobody")} />}
          {played.parties.map((p) => (
            <div key={p.party} className="play-party">
              <h4>{p.party === "applicant" ? t("play.applicant") : p.name}</h4>
              {p.tasks.map((task) => <Task key={task.id} task={task} onAct={(a) => act(a, task.id)} onData={(a) => setAsked({ act: a, task: task.id })} onStep={onStep} />)}
            </div>
          ))}
          {played.acts.length > 0 && (
            <div className="play-party">
              <h4>{t("play.others")}</h4>
              <Space wrap size={4}>{played.acts.map((a, i) => <Act key={i} act={a} who onAct={() => act(a)} onData={() => setAsked({ act: a })} />)}</Space>
            </div>
          )}
          <Waiting played={played} />
          <Posts played={played} onMove={(act, post) => add({ do: act, data: { post } })} />
        </section>
        <section aria-label={t("play.stand")}>
          <Stand played={played} onBackTo={(count) => put(moves.slice(0, count))} onStep={onStep} />
        </section>
      </div>
      {asked && <ActData act={asked.act} task={asked.task} played={played} onCancel={() => setAsked(undefined)} onDone={(m) => (setAsked(undefined), add(m))} />}
    </div>
  );
}

/** Time: on to where it does something, to tomorrow morning, or to any minute. */
function Clock({ played, onWait }: { played: Played; onWait: (at: string) => void }) {
  const { t } = useTranslation("analyst");
  const [picking, setPicking] = useState(false);
  const [at, setAt] = useState<Dayjs | null>(null);
  return (
    <Space size={4}>
      {played.nextAt && <Button size="small" icon={<ForwardOutlined />} onClick={() => onWait(played.nextAt!)}>{t("play.next", { at: minute(played.nextAt) })}</Button>}
      <Button size="small" icon={<FieldTimeOutlined />} onClick={() => onWait(nextMorning(played.now!))}>{t("play.tomorrow")}</Button>
      {picking ? (
        <DatePicker size="small" open autoFocus aria-label={t("play.waitUntil")} showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" value={at} onChange={setAt}
          onOk={(d: Dayjs) => (setPicking(false), setAt(null), onWait(d.format("YYYY-MM-DDTHH:mm")))} onOpenChange={(open) => !open && setPicking(false)} />
      ) : <Button size="small" onClick={() => setPicking(true)}>{t("play.waitUntil")}</Button>}
    </Space>
  );
}

function Task({ task, onAct, onData, onStep }: { task: PlayTask; onAct: (a: PlayAct) => void; onData: (a: PlayAct) => void; onStep: (step: string) => void }) {
  const { t } = useTranslation("analyst");
  return (
    <div className="play-task">
      <button type="button" className="link-button" onClick={() => onStep(task.step)}>{task.name}</button>{" "}
      <span className="muted small">{t(`common:role.${task.role}`, { defaultValue: task.role })} {task.due && t("play.due", { at: minute(task.due) })} {task.claimed && t("play.claimed", { by: task.claimed })}</span>
      <div style={{ marginTop: 4 }}><Space wrap size={4}>{task.acts.map((a, i) => <Act key={i} act={a} onAct={() => onAct(a)} onData={() => onData(a)} />)}</Space></div>
    </div>
  );
}

/** One act: done at a click, or with data from the menu beside it. */
function Act({ act, who, onAct, onData }: { act: PlayAct; who?: boolean; onAct: () => void; onData: () => void }) {
  const { t, i18n } = useTranslation("analyst");
  const word = inLanguage(act.name, i18n.language);
  const label = who ? `${word} · ${act.by}` : word;
  if (act.needs) return <Button size="small" title={t("play.needs", { by: act.by })} onClick={onAct}>{label}…</Button>;
  return (
    <Space.Compact size="small">
      <Button title={act.by} onClick={onAct}>{label}</Button>
      <Dropdown trigger={["click"]} menu={{ items: [{ key: "data", label: t("play.withData") }], onClick: onData }}>
        <Button aria-label={t("play.withDataOf", { act: label })}>…</Button>
      </Dropdown>
    </Space.Compact>
  );
}

/** Who is not at his post: the work goes to whoever the rules send it to, and the supervision sees it. */
function Posts({ played, onMove }: { played: Played; onMove: (act: "vacate" | "fill", post: string) => void }) {
  const { t } = useTranslation("analyst");
  if (played.posts.length === 0) return null;
  return (
    <details className="play-party">
      <summary>{t("play.posts")}</summary>
      <ul className="bare">
        {played.posts.map((p) => {
          const name = `${p.party} · ${t(`common:role.${p.role}`, { defaultValue: p.role })}`;
          return (
            <li key={p.post}>
              {name} {p.vacant && <Tag color="red">{t("play.vacant")}</Tag>}{" "}
              <Button size="small" aria-label={t(p.vacant ? "play.fillOf" : "play.vacateOf", { post: name })} onClick={() => onMove(p.vacant ? "fill" : "vacate", p.post)}>{t(p.vacant ? "play.fill" : "play.vacate")}</Button>
            </li>
          );
        })}
      </ul>
    </details>
  );
}

function Waiting({ played }: { played: Played }) {
  const { t, i18n } = useTranslation("analyst");
  if (played.waiting.length === 0) return null;
  return (
    <div className="play-party">
      <h4>{t("play.waiting")}</h4>
      <ul className="bare">{played.waiting.map((w, i) => <li key={i} className="small">{inLanguage(w, i18n.language)}</li>)}</ul>
    </div>
  );
}
