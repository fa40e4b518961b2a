// What the checks say, in the order of the text; a click leads to the place.
import { CheckCircleFilled, CloseCircleFilled, InfoCircleFilled, WarningFilled } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { Finding } from "../../../api/gen/types.gen";

const signs = { error: CloseCircleFilled, warning: WarningFilled, note: InfoCircleFilled };

export function Problems({ findings, busy, onGo }: { findings: Finding[]; busy: boolean; onGo: (line: number, column: number) => void }) {
  const { t, i18n } = useTranslation("analyst");
  const english = i18n.language.startsWith("en");
  const count = (s: Finding["severity"]) => findings.filter((f) => f.severity === s).length;
  return (
    <section className="problems" aria-label={t("problems.label")}>
      <div className="problems-head" role="status">
        {findings.length === 0 ? <span className="good"><CheckCircleFilled aria-hidden /> {t("problems.none")}</span> : (
          <>
            <span className="bad"><CloseCircleFilled aria-hidden /> {t("problems.errors", { count: count("error") })}</span>
            <span className="warn"><WarningFilled aria-hidden /> {t("problems.warnings", { count: count("warning") })}</span>
            {count("note") > 0 && <span className="muted"><InfoCircleFilled aria-hidden /> {t("problems.notes", { count: count("note") })}</span>}
          </>
        )}
        {busy && <span className="muted small">{t("problems.busy")}</span>}
      </div>
      {findings.length > 0 && (
        <ul>
          {findings.map((f, i) => {
            const Sign = signs[f.severity];
            const fix = english ? f.fix : (f.fixZh ?? f.fix);
            return (
              <li key={`${f.code} ${f.line} ${f.column} ${i}`}>
                <button type="button" className={`plain-button severity-${f.severity}`} onClick={() => onGo(f.line, f.column)}>
                  <Sign aria-label={t(`severity.${f.severity}`)} /> <span className="number muted">{t("problems.at", { line: f.line, column: f.column })}</span>{" "}
                  {(english ? f.en : f.zh) || f.zh}
                  {fix && <span className="muted"> {t("problems.fix", { fix })}</span>} <code className="muted small">{f.code}</code>
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
