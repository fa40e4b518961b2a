// One kind of letter: its wording as text, beside it the letter as it would read, and from which day on.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Dropdown, Tabs } from "antd";
import { DownOutlined } from "@ant-design/icons";
import { Suspense, lazy, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LetterTemplate as Template } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { Mark } from "../../parts/Mark";
import { Broken, Loading } from "../../parts/States";
import { useDraft } from "../../parts/useDraft";
import type { CodeHandle } from "../analyst/editor/CodeEditor";
import { Problems } from "../analyst/editor/Problems";
import "../analyst/analyst.css";
import { LetterEditions } from "./LetterEditions";
import { LetterFields } from "./LetterFields";
import { PdfPreview } from "./PdfPreview";
import { PublishLetter } from "./PublishLetter";
import { templateQuery } from "./queries";
import { letterTemplateRoute } from "./routes";
import { usePreview } from "./usePreview";

const CodeEditor = lazy(() => import("../analyst/editor/CodeEditor").then((m) => ({ default: m.CodeEditor })));

export default function LetterTemplate() {
  const { kind } = letterTemplateRoute.useParams();
  const { data, error, refetch } = useQuery(templateQuery(kind));
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data) return <Loading />;
  // Another publication is another text to begin with.
  return <Wording key={`${kind} ${data.latest}`} of={data} />;
}

interface Written {
  source: string;
  /** What had been published last when it was begun. */
  over: string;
}

function Wording({ of }: { of: Template }) {
  const { t, i18n } = useTranslation("admin");
  const current = of.editions.find((e) => e.inForce) ?? of.editions[0]!;
  const draft = useDraft<Written>(`letter-template-${of.kind}`, { source: current.source, over: of.latest });
  const code = useRef<CodeHandle>(null);
  const [pdf, setPdf] = useState(false);
  const source = draft.value?.source ?? current.source;
  const seen = usePreview(of.kind, source);
  const changed = source !== current.source;
  const start = (text: string) => draft.set((d) => ({ ...d, source: text, over: of.latest }));
  if (draft.error) return <Broken error={draft.error} />;
  if (!draft.value) return <Loading />;
  return (
    <div className="editor-page letter-page">
      <div className="page-head">
        <Link to="/admin/letters">{t("part.letters")}</Link>
        <span aria-hidden>/</span>
        <h1>{inLanguage(of, i18n.language)}</h1>
        <span className="muted small" role="status">{changed ? t(`letter.draft.${draft.state}`) : t("letter.inForceNow", { version: current.version })}</span>
        <span className="grow" />
        <Dropdown trigger={["click"]} menu={{
          items: of.editions.map((e) => ({ key: e.hash, label: <>{e.version} <span className="muted small">{e.from ?? t("letter.always")}</span> {e.inForce && <Mark tone="good">{t("letter.today")}</Mark>}</> })),
          onClick: ({ key }) => start(of.editions.find((e) => e.hash === key)!.source),
        }}>
          <Button>{t("letter.beginFrom")} <DownOutlined aria-hidden /></Button>
        </Dropdown>
        <Button onClick={() => setPdf(true)} disabled={seen.findings.length > 0}>{t("letter.pdf")}</Button>
        <PublishLetter of={of} source={source} over={draft.value.over} disabled={!changed || seen.findings.some((f) => f.severity === "error")} drop={draft.drop} />
      </div>
      <div className="letter-split">
        <div className="editor-left">
          <div className="editor-text">
            <Suspense fallback={<Loading />}>
              <CodeEditor
                ref={code} wrap file={of.kind} text={source} label={t("letter.text")} findings={seen.findings}
                onChange={(text) => draft.set((d) => (d.source === text ? d : { ...d, source: text }))} onLine={() => undefined} onSave={() => undefined} onRun={seen.now}
              />
            </Suspense>
          </div>
          <Problems findings={seen.findings} busy={seen.busy} onGo={(line, column) => code.current?.go(line, column)} />
        </div>
        <Tabs className="editor-panes letter-panes" items={[
          { key: "preview", label: t("letter.preview"), children: <Preview html={seen.html} stale={seen.findings.length > 0} /> },
          { key: "fields", label: t("letter.fields"), children: <div className="pane-scroll" tabIndex={0}><LetterFields of={of} /></div> },
          { key: "editions", label: t("letter.editions"), children: <div className="pane-scroll" tabIndex={0}><LetterEditions of={of} /></div> },
        ]} />
      </div>
      {pdf && <PdfPreview kind={of.kind} source={source} title={inLanguage(of, i18n.language)} onClose={() => setPdf(false)} />}
    </div>
  );
}

function Preview({ html, stale }: { html: string | undefined; stale: boolean }) {
  const { t } = useTranslation("admin");
  if (html === undefined) return <Loading />;
  return (
    <div className="letter-preview">
      <p className="muted small">{t(stale ? "letter.stale" : "letter.sample")}</p>
      {/* Nothing in it can run: no scripts, an origin of its own. */}
      <iframe title={t("letter.preview")} sandbox="" srcDoc={html} />
    </div>
  );
}
