// All acts on a task or case: the usual ones as buttons, the others by group in a menu; one that is not
// allowed is grey and says why, with its article.
import { DownOutlined } from "@ant-design/icons";
import { App, Button, Drawer, Dropdown, Popover, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActOption, Command, Done } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { useRefusal } from "../Refusal";
import { ActForm } from "./ActForm";
import type { ActTarget } from "./ActForm";
import type { Values } from "./body";
import { groups, isQuick, lookOf } from "./catalogue";
import { useAct } from "./useAct";

export interface Drafts {
  get(act: string): Values | undefined;
  keep(act: string, values: Values | undefined): void;
}

export function ActBar({ options, target, next, answers = [], onDone, drafts, open, onOpen }: {
  options: ActOption[];
  target: ActTarget;
  /** The one that is expected next, where it may be done: no other stands out then. */
  next?: string | undefined;
  /** Acts the task is there for, whatever their group: they stand in the bar. */
  answers?: string[] | undefined;
  onDone?: (act: string, done: Done | Command) => void;
  drafts?: Drafts;
  /** The act whose form is open; kept in the address by the caller, so that a reload opens it again. */
  open?: string | undefined;
  onOpen?: (act: string | undefined) => void;
}) {
  const { t, i18n } = useTranslation("act");
  const { message } = App.useApp();
  const refuse = useRefusal();
  const [own, setOwn] = useState<string>();
  const opened = onOpen ? open : own;
  const setOpened = onOpen ?? setOwn;
  const quick = useAct(target.number);
  const done = (o: ActOption, d: Done | Command) => {
    void message.success(t("done", { act: inLanguage(o.name, i18n.language) }));
    setOpened(undefined);
    onDone?.(o.act, d);
  };
  const start = (o: ActOption) => {
    if (isQuick(o)) {
      quick.mutate(
        { act: o.act, body: { ...(target.step ? { step: target.step } : {}), ...(target.task ? { task: target.task } : {}) } },
        { onSuccess: (d) => done(o, d), onError: refuse },
      );
    } else setOpened(o.act);
  };
  // Taking and giving back are shown where they can be done; all else is shown and says why it cannot.
  const main = options.filter((o) => (answers.includes(o.act) || ["conclude", "work"].includes(lookOf(o.act).group)) && (o.allowed || !["claim", "release"].includes(o.act)));
  const rest = options.filter((o) => !main.includes(o) && !["claim", "release"].includes(o.act));
  const alone = main.some((o) => o.act === next && o.allowed);
  const current = options.find((o) => o.act === opened && o.allowed);
  return (
    <>
      <Space wrap role="toolbar" aria-label={t("acts")}>
        {main.map((o) => <ActButton key={o.act} option={o} primary={lookOf(o.act).tone === "primary" && (!alone || o.act === next)} busy={quick.isPending} onStart={() => start(o)} />)}
        {rest.length > 0 && (
          <Dropdown
            trigger={["click"]}
            menu={{
              style: { maxHeight: 420, overflow: "auto", maxWidth: 420 },
              items: groups.flatMap((g) => {
                const list = rest.filter((o) => lookOf(o.act).group === g);
                if (!list.length) return [];
                return [{
                  key: "group:" + g, type: "group" as const, label: t(`group.${g}` as "group.talk"),
                  children: list.map((o) => ({
                    key: o.act, disabled: !o.allowed, danger: lookOf(o.act).tone === "danger",
                    label: <MenuLabel option={o} />, onClick: () => start(o),
                  })),
                }];
              }),
            }}
          >
            <Button>{t("more")} <DownOutlined /></Button>
          </Dropdown>
        )}
      </Space>
      <Drawer
        title={current ? inLanguage(current.name, i18n.language) : ""}
        open={!!current}
        onClose={() => setOpened(undefined)}
        size={520}
        destroyOnHidden
      >
        {current && (
          <>
            <p className="muted" style={{ marginTop: 0 }}>{t(`help.${current.act}` as "help.agree", { defaultValue: "" })}</p>
            <ActForm
              option={current}
              target={target}
              onDone={(d) => done(current, d)}
              onCancel={() => setOpened(undefined)}
              {...(drafts ? { draft: { values: drafts.get(current.act), keep: (v: Values | undefined) => drafts.keep(current.act, v) } } : {})}
            />
          </>
        )}
      </Drawer>
    </>
  );
}

/** Why an act is not allowed: the engine's sentence and its article. */
function Why({ option }: { option: ActOption }) {
  const { t, i18n } = useTranslation();
  const p = option.refusal;
  if (!p) return null;
  return (
    <span>
      {i18n.language.startsWith("en") ? p.en : p.zh}
      {p.law && <> {t("refusal.law", { law: p.law.law, article: p.law.article ?? "" })}</>}
    </span>
  );
}

function MenuLabel({ option }: { option: ActOption }) {
  const { i18n } = useTranslation();
  return (
    <div>
      {inLanguage(option.name, i18n.language)}
      {!option.allowed && <div className="small" style={{ whiteSpace: "normal" }}><Why option={option} /></div>}
    </div>
  );
}

function ActButton({ option, primary, busy, onStart }: { option: ActOption; primary: boolean; busy: boolean; onStart: () => void }) {
  const { i18n } = useTranslation();
  const spec = lookOf(option.act);
  const button = (
    <Button
      type={primary && option.allowed ? "primary" : "default"}
      danger={spec.tone === "danger" && option.allowed}
      // Not `disabled`: it must be reached by keyboard to say why.
      aria-disabled={!option.allowed}
      style={option.allowed ? undefined : { color: "#5c6675", background: "#eef0f4", cursor: "not-allowed" }}
      loading={busy && !!spec.quick && option.allowed}
      onClick={() => option.allowed && onStart()}
    >
      {inLanguage(option.name, i18n.language)}
    </Button>
  );
  if (option.allowed) return button;
  return <Popover content={<div style={{ maxWidth: 360 }}><Why option={option} /></div>} trigger={["hover", "focus"]}>{button}</Popover>;
}
