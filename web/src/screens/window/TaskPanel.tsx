// One thing the window has to do now, with its form open: results to hand out, an answer to write down, a duty.
import { useQuery } from "@tanstack/react-query";
import { App, Card, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import type { Task } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { ActBar } from "../../parts/acts/ActBar";
import { ActForm } from "../../parts/acts/ActForm";
import { caseActsQuery, taskActsQuery } from "../../parts/acts/options";
import { Due } from "../../parts/Light";
import type { LightName } from "../../parts/Light";
import { Broken } from "../../parts/States";
import { useDraft } from "../../parts/useDraft";
import { AnswerPanel } from "./AnswerPanel";

/** The act such a task is there for. */
const main: Partial<Record<Task["kind"], string>> = { hand: "hand", rectify: "rectify", duty: "fulfil", request: "request" };

interface Props {
  task: Task;
  number: string;
  item: string;
  version: string;
  now: Date | undefined;
}

export function TaskPanel(props: Props) {
  const { t } = useTranslation("window");
  const { task, number, now } = props;
  return (
    <Card size="small" title={<>{t(`kind.${task.kind}`)} <span className="muted small">{task.stepName}</span></>}
      extra={<Due due={task.due} light={task.light as LightName} now={now} provisional={task.provisional} />}>
      {task.kind === "answer" ? <AnswerPanel number={number} step={task.step} task={task.id} /> : <MainAct {...props} />}
    </Card>
  );
}

/** The act itself with its form open; the others of the task beside it. */
function MainAct({ task, number, item, version }: Props) {
  const { t, i18n } = useTranslation("window");
  const { message } = App.useApp();
  const together = task.kind === "hand";
  const ofTask = useQuery({ ...taskActsQuery(number, task.id), enabled: !together });
  const ofStep = useQuery({ ...caseActsQuery(number, task.step), enabled: together });
  const { data, error, refetch } = together ? ofStep : ofTask;
  const draft = useDraft<Record<string, unknown>>(`counter:${number}:${task.id}`.slice(0, 200), {});
  const option = data?.find((o) => o.act === main[task.kind] && o.allowed);
  const rest = together ? [] : (data ?? []).filter((o) => o !== option);
  const target = { number, step: task.step, task: together ? undefined : task.id, item, version };
  const help = t(`act:help.${main[task.kind] ?? ""}`, { defaultValue: "" });
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data || !draft.value) return <Skeleton active title={false} />;
  return (
    <>
      {option && help && <p className="muted" style={{ marginTop: 0 }}>{help}</p>}
      {option && (
        <ActForm
          option={option} target={target}
          draft={{ values: draft.value, keep: (v) => (v ? draft.set(() => v) : void draft.drop()) }}
          onDone={() => void message.success(t("act:done", { act: inLanguage(option.name, i18n.language) }))}
        />
      )}
      {rest.length > 0 && <div style={{ marginTop: option ? 12 : 0 }}><ActBar options={rest} target={target} /></div>}
    </>
  );
}
