// A refusal is an answer: its sentence, what was expected, its article, next to what caused it.
import { Alert, App, Typography } from "antd";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { Refused } from "../api/client";
import { inLanguage } from "../app/language";
import { colon } from "../texts/marks";

/**
 * The sentence, then the article it rests on. What is wrong with a request as such is said of a field without naming it,
 * so the field is named; not where several are listed with theirs, nor where the form has marked it.
 */
export function RefusalText({ refused, marked = false }: { refused: Refused; marked?: boolean }) {
  const { t, i18n } = useTranslation();
  const english = i18n.language.startsWith("en");
  const p = refused.problem;
  return (
    <>
      <span>{refused.sentence(i18n.language)}</span>
      {p.law && <Typography.Text type="secondary"> {t("refusal.law", { law: p.law.law, article: p.law.article })}</Typography.Text>}
      {refused.status === 400 && p.where && !p.errors?.length && !marked && (
        <div className="small muted">{t("refusal.where")}{colon()}<code>{p.where}</code></div>
      )}
      {p.expected?.en && (
        <div className="small muted">
          {t("refusal.expected", { expected: inLanguage(p.expected, i18n.language) })}
          {p.actual?.en && t("refusal.actual", { actual: inLanguage(p.actual, i18n.language) })}
        </div>
      )}
      {p.errors && p.errors.length > 0 && (
        <ul style={{ margin: "4px 0 0", paddingInlineStart: 18 }}>
          {p.errors.map((e) => <li key={e.where}><code>{e.where}</code> {english ? e.en : e.zh}</li>)}
        </ul>
      )}
    </>
  );
}

/** A refusal beside the form or button that caused it, which may have marked the field. Read out by screen readers as it appears. */
export function Refusal({ error, onClose, marked = false }: { error: unknown; onClose?: () => void; marked?: boolean }) {
  const { t } = useTranslation();
  if (!error) return null;
  const refused = error instanceof Refused ? error : undefined;
  return (
    <Alert
      type={refused && refused.status < 500 && refused.status > 0 ? "warning" : "error"}
      showIcon
      role="alert"
      closable={onClose ? { onClose } : false}
      title={refused ? <RefusalText refused={refused} marked={marked} /> : t("state.brokenWhy")}
      description={refused?.problem.request && refused.status >= 500 ? t("refusal.request", { id: refused.problem.request }) : undefined}
    />
  );
}

/** For acts without a form of their own (a menu entry): the refusal as a notice that stays until closed. */
export function useRefusal(): (error: unknown) => void {
  const { notification } = App.useApp();
  const { t } = useTranslation();
  return useCallback(
    (error: unknown) => {
      notification.warning({
        title: t("refusal.title"),
        description: error instanceof Refused ? <RefusalText refused={error} /> : t("state.brokenWhy"),
        duration: 0,
        role: "alert",
      });
    },
    [notification, t],
  );
}
