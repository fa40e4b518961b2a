// What the lead does with a joint case as a whole, and the form of whichever act is open.
import { useQuery } from "@tanstack/react-query";
import { Alert, App, Button, Drawer, Skeleton, Space, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import type { ActOption, CaseRow } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { ActForm } from "../../parts/acts/ActForm";
import { caseActsQuery } from "../../parts/acts/options";
import { Broken } from "../../parts/States";
import { onCase } from "./acts";

export interface OpenAct {
  act: string;
  step?: string | undefined;
}

export function LeadActs({ of, open, onOpen }: { of: CaseRow; open: OpenAct | undefined; onOpen: (open: OpenAct | undefined) => void }) {
  const { t, i18n } = useTranslation("lead");
  const acts = useQuery(caseActsQuery(of.number));
  if (acts.error) return <Broken error={acts.error} again={() => void acts.refetch()} />;
  const options = onCase.map((a) => acts.data?.find((o) => o.act === a)).filter((o): o is ActOption => !!o);
  return (
    <>
      <Space wrap role="toolbar" aria-label={t("leadActs")}>
        {!acts.data && <Skeleton.Button active />}
        {options.map((o) => (
          <Tooltip key={o.act} title={o.allowed ? undefined : inLanguage(o.refusal, i18n.language)} trigger={["hover", "focus"]}>
            <Button
              aria-disabled={!o.allowed} style={o.allowed ? undefined : { color: "#5c6675", background: "#eef0f4", cursor: "not-allowed" }}
              aria-description={o.allowed ? undefined : inLanguage(o.refusal, i18n.language)}
              onClick={() => o.allowed && onOpen({ act: o.act })}
            >
              {inLanguage(o.name, i18n.language)}
            </Button>
          </Tooltip>
        ))}
      </Space>
      {open && <ActDrawer key={open.act + (open.step ?? "")} of={of} open={open} onClose={() => onOpen(undefined)} />}
    </>
  );
}

export function ActDrawer({ of, open, onClose }: { of: CaseRow; open: OpenAct; onClose: () => void }) {
  const { t, i18n } = useTranslation("lead");
  const { message } = App.useApp();
  const acts = useQuery(caseActsQuery(of.number, open.step));
  const option = acts.data?.find((o) => o.act === open.act);
  return (
    <Drawer open onClose={onClose} size={560} title={option ? inLanguage(option.name, i18n.language) : ""}>
      {acts.error && <Broken error={acts.error} again={() => void acts.refetch()} />}
      {!option && !acts.error && <Skeleton active />}
      {option && !option.allowed && <Alert type="warning" showIcon role="alert" title={inLanguage(option.refusal, i18n.language)} />}
      {option?.allowed && (
        <>
          <p className="muted" style={{ marginTop: 0 }}>{t(`act:help.${option.act}`, { defaultValue: "" })}</p>
          <ActForm
            option={option}
            target={{ number: of.number, step: open.step, item: of.item, version: of.version }}
            onCancel={onClose}
            onDone={() => {
              void message.success(t("act:done", { act: inLanguage(option.name, i18n.language) }));
              onClose();
            }}
          />
        </>
      )}
    </Drawer>
  );
}
