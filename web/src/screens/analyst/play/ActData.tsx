// What an act of the play says: the fields it has in a case, with files that are made up, and data as YAML for what no
// field writes.
import { Form, Input, Modal } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { parse } from "yaml";
import type { File as Stored, PlayAct, PlayMove, Played } from "../../../api/gen/types.gen";
import { inLanguage } from "../../../app/language";
import { ActFields } from "../../../parts/acts/ActFields";
import { PlayedWorld } from "../../../parts/acts/world";

export function ActData({ act, task, played, onDone, onCancel }: {
  act: PlayAct;
  task?: string | undefined;
  played: Played;
  onDone: (m: PlayMove) => void;
  onCancel: () => void;
}) {
  const { t, i18n } = useTranslation("analyst");
  const [more, setMore] = useState("");
  const extra = readable(more);
  const world = useMemo(() => ({ questions: played.questions, makeUp }), [played.questions]);
  const say = (body: Record<string, unknown>) => {
    if (!extra) return;
    const data = { ...inPlay(body), ...extra };
    onDone({ do: act.do, by: act.by, ...(act.step ? { step: act.step } : {}), ...(task ? { task } : {}), ...(Object.keys(data).length > 0 ? { data } : {}) });
  };
  return (
    <Modal open title={t("play.actBy", { act: inLanguage(act.name, i18n.language), by: act.by })} footer={null} onCancel={onCancel} destroyOnHidden>
      <PlayedWorld value={world}>
        <ActFields option={{ act: act.do, name: act.name, fields: act.fields }} onSay={say} onCancel={onCancel}>
          <Form.Item label={t("play.more")} htmlFor="play-more" extra={t("play.moreWhy")} {...(extra ? {} : { validateStatus: "error", help: t("play.notYaml") })}>
            <Input.TextArea id="play-more" rows={2} spellCheck={false} style={{ fontFamily: "monospace" }} value={more} onChange={(e) => setMore(e.target.value)} />
          </Form.Item>
        </ActFields>
      </PlayedWorld>
    </Modal>
  );
}

/** A file of a play: it has a name, and a content nobody has handed in before. */
function makeUp(name: string): Stored {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return { name, hash: Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join(""), type: "application/pdf", size: 1 };
}

/** In a play papers and proofs are named, not handed in. */
function inPlay(body: Record<string, unknown>): Record<string, unknown> {
  const named = (field: string, by: "id" | "name") => (Array.isArray(body[field]) ? { [field]: (body[field] as Record<string, string>[]).map((x) => x[by]) } : {});
  return { ...body, ...named("papers", "id"), ...named("evidence", "name") };
}

/** What is written as YAML; nothing where it is none. */
function readable(text: string): Record<string, unknown> | undefined {
  if (!text.trim()) return {};
  try {
    const data: unknown = parse(text);
    if (data && typeof data === "object" && !Array.isArray(data)) return data as Record<string, unknown>;
  } catch {
    // Told beside the field.
  }
  return undefined;
}
