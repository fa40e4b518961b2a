// The form of one act on a case: its fields, and the engine's answer beside the button.
import type { ActOption, Command, Done } from "../../api/gen/types.gen";
import { Refusal } from "../Refusal";
import { ActFields } from "./ActFields";
import type { Values } from "./body";
import { useAct } from "./useAct";

export interface ActTarget {
  number: string;
  step?: string | undefined;
  task?: string | undefined;
  /** Item and version of the case, for its questions. */
  item?: string | undefined;
  version?: string | undefined;
}

export function ActForm({ option, target, onDone, onCancel, draft }: {
  option: ActOption;
  target: ActTarget;
  onDone: (done: Done | Command) => void;
  onCancel?: () => void;
  /** Where half-written values are kept. */
  draft?: { values: Values | undefined; keep: (v: Values | undefined) => void };
}) {
  const send = useAct(target.number, (done) => {
    draft?.keep(undefined);
    onDone(done);
  });
  return (
    <ActFields option={option} busy={send.isPending} begun={draft?.values} onChange={(all) => draft?.keep(all)} onCancel={onCancel} item={target.item} version={target.version}
      onSay={(body) => send.mutate({ act: option.act, body: { ...(target.step ? { step: target.step } : {}), ...(target.task ? { task: target.task } : {}), ...body } })}>
      <Refusal error={send.error} onClose={() => send.reset()} />
    </ActFields>
  );
}
