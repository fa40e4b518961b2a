// One card: what it says and rests on, what was done with it, and what may be done with it now.
import { CloseOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Card as Panel, Descriptions, Form, Input, Timeline, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer, newKey } from "../../api/client";
import { appealCard, confirmCard, explainCard, getCard, liftCard, overturnCard, upholdCard } from "../../api/gen/sdk.gen";
import type { Card, CardOption } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { CaseLink } from "../../parts/CaseLink";
import { Refusal } from "../../parts/Refusal";
import { Broken, Loading } from "../../parts/States";
import { lastDay, minute } from "../../parts/time";
import { CardLevel, CardState } from "./CardLevel";
import { cardsAge } from "./queries";
import { laws } from "../../texts/law";

type Deed = CardOption["do"];
const deeds = { explain: explainCard, confirm: confirmCard, lift: liftCard, appeal: appealCard, uphold: upholdCard, overturn: overturnCard };

export function CardDetail({ id, onClose }: { id: number; onClose: () => void }) {
  const { t } = useTranslation("supervise");
  const card = useQuery({ queryKey: ["cards", "one", id], queryFn: () => answer(getCard({ path: { card: id } })), refetchInterval: cardsAge });
  if (card.error) return <Broken error={card.error} again={() => void card.refetch()} />;
  if (!card.data) return <Loading />;
  return (
    <Panel
      size="small" title={<h2 style={{ fontSize: 15, margin: 0 }}>{t("card.title", { id })}</h2>}
      extra={<Button type="text" size="small" icon={<CloseOutlined />} aria-label={t("common:action.close")} onClick={onClose} />}
    >
      <Facts card={card.data} />
      <Deeds key={id + card.data.status} card={card.data} />
      <History card={card.data} />
    </Panel>
  );
}

function Facts({ card }: { card: Card }) {
  const { t, i18n } = useTranslation("supervise");
  const english = i18n.language.startsWith("en");
  const numbers = card.number ? [card.number] : (card.numbers ?? []);
  return (
    <>
      <p style={{ fontSize: 15, margin: "0 0 8px" }}>{english ? card.en : card.zh}</p>
      <Descriptions size="small" column={1} bordered styles={{ label: { width: 84, whiteSpace: "nowrap", padding: "6px 10px" }, content: { padding: "6px 10px" } }} items={[
        { key: "level", label: t("card.level"), children: <><CardLevel level={card.level} /> <CardState status={card.status} gone={card.gone} /></> },
        { key: "rule", label: t("card.rule"), children: <>{card.rule} {english ? card.ruleNameEn : card.ruleName} <span className="small muted">{t("card.rulesVersion", { version: card.rules })}</span></> },
        ...(card.basis?.length ? [{ key: "basis", label: t("card.basis"), children: laws(card.basis) }] : []),
        { key: "org", label: t("card.org"), children: <>{card.orgName || card.org}{card.person && <> · {card.person}</>}</> },
        { key: "at", label: t("card.at"), children: <span className="number">{minute(card.at)}</span> },
        ...(card.explain ? [{ key: "explain", label: t("card.explain"), children: <span className="number">{lastDay(card.explain)}</span> }] : []),
        ...(numbers.length ? [{ key: "number", label: t("card.number"), children: numbers.map((n) => <div key={n}><CaseLink number={n} /></div>) }] : []),
      ]} />
      {card.gone && <p className="muted">{t("card.gone")}</p>}
    </>
  );
}

/** Every deed is shown; one that is refused is greyed and says why. */
function Deeds({ card }: { card: Card }) {
  const { t, i18n } = useTranslation("supervise");
  const [open, setOpen] = useState<Deed>();
  const options = card.options ?? [];
  return (
    <section aria-label={t("deed.label")} style={{ margin: "12px 0" }}>
      <div style={{ display: "flex", gap: 8, flexWrap: "wrap" }}>
        {options.map((o) => {
          const why = inLanguage(o.why, i18n.language);
          return (
            <Tooltip key={o.do} title={o.allowed ? t(`deedHint.${o.do}`) : why}>
              <Button
                size="small" type={open === o.do ? "primary" : "default"} aria-expanded={open === o.do}
                // Not disabled: whoever cannot see the tooltip would never learn why.
                aria-disabled={!o.allowed} style={o.allowed ? undefined : { opacity: 0.55, cursor: "not-allowed" }}
                onClick={() => o.allowed && setOpen(open === o.do ? undefined : o.do)}
                aria-description={o.allowed ? t(`deedHint.${o.do}`) : why}
              >
                {t(`deed.${o.do}`)}
              </Button>
            </Tooltip>
          );
        })}
      </div>
      {open && <DeedForm key={open} card={card} deed={open} onDone={() => setOpen(undefined)} />}
    </section>
  );
}

function DeedForm({ card, deed, onDone }: { card: Card; deed: Deed; onDone: () => void }) {
  const { t } = useTranslation("supervise");
  const cache = useQueryClient();
  const [key] = useState(newKey);
  const act = useMutation({
    mutationFn: (reason: string) => answer(deeds[deed]({ path: { card: card.id }, body: { reason }, headers: { "Idempotency-Key": key } })),
    onSuccess: (now) => {
      cache.setQueryData(["cards", "one", card.id], now);
      void cache.invalidateQueries({ queryKey: ["cards"] });
      void cache.invalidateQueries({ queryKey: ["reports"] });
      onDone();
    },
  });
  return (
    <Form layout="vertical" style={{ marginTop: 10 }} onFinish={(v: { reason: string }) => act.mutate(v.reason.trim())}>
      <Form.Item name="reason" label={t(`deedReason.${deed}`)} rules={[{ required: true, whitespace: true, message: t("reasonNeeded") }]}>
        <Input.TextArea rows={3} maxLength={2000} autoFocus showCount />
      </Form.Item>
      <Refusal error={act.error} />
      <div style={{ display: "flex", gap: 8, marginTop: 8 }}>
        <Button type="primary" htmlType="submit" loading={act.isPending}>{t(`deedDo.${deed}`)}</Button>
        <Button onClick={onDone}>{t("common:action.cancel")}</Button>
      </div>
    </Form>
  );
}

function History({ card }: { card: Card }) {
  const { t } = useTranslation("supervise");
  const acts = card.acts ?? [];
  return (
    <section aria-label={t("history")}>
      <h3 style={{ fontSize: 14 }}>{t("history")}</h3>
      <Timeline items={[
        ...(card.byHand ? [] : [{ key: "made", content: <><strong>{t("made")}</strong> <span className="small muted number">{minute(card.at)}</span></> }]),
        ...acts.map((a, i) => ({
          key: i,
          content: (
            <>
              <strong>{t(`deed.${a.act}`)}</strong> {a.by} <span className="muted">{a.orgName || a.org}</span> <span className="small muted number">{minute(a.at)}</span>
              <div style={{ whiteSpace: "pre-wrap" }}>{a.reason}</div>
              {a.until && <div className="small muted">{t("appealUntil", { day: lastDay(a.until) })}</div>}
            </>
          ),
        })),
      ]} />
    </section>
  );
}
