// The acceptance check and its outcomes (行政许可法第三十二条): accept, ask for corrections once, refuse, no licence
// needed, another organ's. Which are open, and why the others are not, says the engine.
import { useQuery } from "@tanstack/react-query";
import { App, Button, Card, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActOption } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { ActForm } from "../../parts/acts/ActForm";
import { caseActsQuery } from "../../parts/acts/options";
import { Broken } from "../../parts/States";

interface Outcome {
  key: "clear" | "accept" | "gap" | "refused" | "notRequired" | "notCompetent";
  act: string;
  values?: Record<string, unknown>;
}

const outcomes: Outcome[] = [
  { key: "clear", act: "clear" },
  { key: "accept", act: "accept" },
  { key: "gap", act: "gap" },
  { key: "refused", act: "refuse", values: { outcome: "refused" } },
  { key: "notRequired", act: "refuse", values: { outcome: "not-required" } },
  { key: "notCompetent", act: "refuse", values: { outcome: "not-competent" } },
];

export function AcceptCheck({ number, step, item, version }: { number: string; step: string; item: string; version: string }) {
  const { t, i18n } = useTranslation("window");
  const { message } = App.useApp();
  const { data, error, refetch } = useQuery(caseActsQuery(number, step));
  const [chosen, setChosen] = useState<Outcome["key"]>();
  const option = (o: Outcome): ActOption | undefined => data?.find((x) => x.act === o.act);
  // Having looked is no outcome of its own: it is shown while the window still has to look.
  const shown = outcomes.filter((o) => option(o) && (o.key !== "clear" || option(o)!.allowed));
  const current = shown.find((o) => o.key === chosen && option(o)!.allowed);
  return (
    <Card size="small" title={t("accept.title")}>
      {error ? <Broken error={error} again={() => void refetch()} /> : !data ? <Skeleton active title={false} /> : (
        <>
          <div className="outcomes" role="group" aria-label={t("accept.title")}>
            {shown.map((o) => {
              const { allowed, refusal } = option(o)!;
              return (
                <div key={o.key} className="outcome">
                  <Button block type={chosen === o.key && allowed ? "primary" : "default"} aria-pressed={chosen === o.key && allowed} aria-disabled={!allowed}
                    {...(allowed ? {} : { "aria-describedby": `why-${o.key}`, className: "outcome-shut" })}
                    onClick={() => allowed && setChosen(o.key)}>{t(`accept.${o.key}`)}</Button>
                  {!allowed && refusal && (
                    <span id={`why-${o.key}`} className="small muted">
                      {inLanguage(refusal, i18n.language)}{refusal.law && t("common:refusal.law", { law: refusal.law.law, article: refusal.law.article ?? "" })}
                    </span>
                  )}
                </div>
              );
            })}
          </div>
          {current && (
            <div className="outcome-form">
              <p className="muted" style={{ marginTop: 0 }}>{t(`accept.${current.key}What`)}</p>
              <ActForm
                key={current.key}
                option={fixed(option(current)!, current.values)}
                target={{ number, step, item, version }}
                {...(current.values ? { draft: { values: current.values, keep: () => undefined } } : {})}
                onDone={() => {
                  setChosen(undefined);
                  void message.success(t("accept.done", { what: t(`accept.${current.key}`) }));
                }}
                onCancel={() => setChosen(undefined)}
              />
            </div>
          )}
        </>
      )}
    </Card>
  );
}

/** The outcome is chosen already: its field offers that one alone. */
function fixed(o: ActOption, values: Record<string, unknown> | undefined): ActOption {
  if (!values) return o;
  return {
    ...o,
    fields: o.fields.map((f) => {
      if (f.field in values && f.choices) return { ...f, choices: f.choices.filter((c) => c.id === values[f.field]) };
      return f;
    }),
  };
}
