// Scenario tests: run from here, with what held, what did not and where, and what no scenario has reached.
import { CheckCircleFilled, CloseCircleFilled, PlayCircleOutlined } from "@ant-design/icons";
import { Alert, Button, Collapse, Space, Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { TestedDefinition, TestedFile } from "../../../api/gen/types.gen";
import { Flow } from "../../../parts/Flow";
import type { FlowGraph, FlowPaint } from "../../../parts/flow/types";
import { Refusal } from "../../../parts/Refusal";
import { Nothing } from "../../../parts/States";

interface Props {
  count: number;
  result: TestedDefinition | undefined;
  /** The texts have changed since. */
  stale: boolean;
  busy: boolean;
  error: unknown;
  graph: FlowGraph | undefined;
  paint: FlowPaint;
  selected: string | undefined;
  onRun: () => void;
  onAdd?: (() => void) | undefined;
  onStep: (step: string) => void;
  onGo: (file: string, line: number, column: number) => void;
}

export function TestsPane({ count, result, stale, busy, error, graph, paint, selected, ...on }: Props) {
  const { t } = useTranslation("analyst");
  const cases = result?.files.flatMap((f) => f.cases) ?? [];
  const failed = cases.filter((c) => !c.ok).length;
  return (
    <div className="rows pane-scroll">
      <Space wrap>
        <Button type="primary" icon={<PlayCircleOutlined />} loading={busy} onClick={on.onRun} disabled={count === 0}>{t("tests.run")}</Button>
        {on.onAdd && <Button onClick={on.onAdd}>{t("tests.add")}</Button>}
        <span className="muted small">{t("tests.key")}</span>
      </Space>
      <Refusal error={error} />
      {count === 0 && <Nothing text={t("tests.none")} />}
      {result && (
        <Alert
          role="status"
          showIcon
          type={result.ok ? "success" : "error"}
          title={result.ok ? t("tests.ok", { count: cases.length }) : result.findings.some((f) => f.severity === "error") ? t("tests.notRun") : t("tests.failed", { failed, count: cases.length })}
          description={stale ? t("tests.stale") : undefined}
        />
      )}
      {result && result.files.length > 0 && <Collapse size="small" defaultActiveKey={result.files.map((f) => f.name)} items={result.files.map((f) => ({
        key: f.name, label: <>{f.name} {f.ok ? <Tag color="success">{t("tests.passed")}</Tag> : <Tag color="error">{t("tests.broken")}</Tag>}</>, children: <FileResult file={f} onGo={on.onGo} />,
      }))} />}
      {result && graph && result.coverage.steps.length > 0 && (
        <section>
          <h3 className="pane-head">{t("coverage.title")}</h3>
          <p className="muted small">{t("coverage.why")}</p>
          <Flow graph={graph} paint={paint} label={t("coverage.title")} selected={selected} onSelect={on.onStep} height={330} legend />
        </section>
      )}
    </div>
  );
}

function FileResult({ file, onGo }: { file: TestedFile; onGo: Props["onGo"] }) {
  const { t, i18n } = useTranslation("analyst");
  const english = i18n.language.startsWith("en");
  return (
    <ul className="bare">
      {file.findings.map((f) => (
        <li key={`${f.code} ${f.line} ${f.column}`}>
          <button type="button" className={`plain-button severity-${f.severity}`} onClick={() => onGo(file.name, f.line, f.column)}>
            <CloseCircleFilled aria-hidden /> {t("problems.at", { line: f.line, column: f.column })} {(english ? f.en : f.zh) || f.zh}
          </button>
        </li>
      ))}
      {file.cases.map((c) => (
        <li key={`${c.line} ${c.name}`}>
          <button type="button" className="plain-button" onClick={() => onGo(file.name, c.line, 1)}>
            <span className={c.ok ? "good" : "bad"}>
              {c.ok ? <CheckCircleFilled aria-label={t("tests.passed")} /> : <CloseCircleFilled aria-label={t("tests.broken")} />}
            </span>{" "}
            {c.name} <span className="muted small">{t("tests.acts", { count: c.acts })}</span>
          </button>
          {c.failures.length > 0 && (
            <ul>
              {c.failures.map((f, i) => (
                <li key={i}>
                  <button type="button" className="plain-button bad" onClick={() => onGo(file.name, f.line, f.column)}>
                    <span className="number">{t("problems.at", { line: f.line, column: f.column })}</span> {(english ? f.en : f.zh) || f.zh}
                  </button>
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}
