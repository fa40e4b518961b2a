// The editor of a draft: its text and tests on the left, what it means on the right.
import { CaretRightOutlined, DeleteOutlined, PlusOutlined, SaveOutlined, UnorderedListOutlined } from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, Button, Skeleton, Space, Splitter, Tabs, Tag, Tooltip } from "antd";
import { Suspense, lazy, useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { parse } from "yaml";
import { answer } from "../../../api/client";
import { testDefinition } from "../../../api/gen/sdk.gen";
import type { DefinitionTest, Finding } from "../../../api/gen/types.gen";
import { Flow } from "../../../parts/Flow";
import { Refusal } from "../../../parts/Refusal";
import { Broken, Loading, Nothing } from "../../../parts/States";
import { minute } from "../../../parts/time";
import { GuideView } from "../GuideView";
import "../analyst.css";
import type { Knowledge } from "../language/complete";
import { declared } from "../language/names";
import { testsSchema } from "../language/tests-schema";
import { editorRoute, panes } from "../routes";
import type { Pane } from "../routes";
import { CodeEditor } from "./CodeEditor";
import type { CodeHandle } from "./CodeEditor";
import { Outline } from "./Outline";
import { Problems } from "./Problems";
import { PublishPane } from "./PublishPane";
import { TestsPane } from "./TestsPane";
import { paintCoverage } from "./coverage";
import { newTest, testName } from "./files";
import { markAt, stepsWith } from "./places";
import { useCheck, useFlow, useLanguage, useSettled } from "./useCheck";
import { sameTexts, useDraft } from "./useDraft";
import type { Texts } from "./useDraft";

const ComparePane = lazy(() => import("./ComparePane").then((m) => ({ default: m.ComparePane })));
const PlayPane = lazy(() => import("../play/PlayPane"));

export default function Editor() {
  const { draft } = editorRoute.useParams();
  return <Work key={draft} id={draft} />;
}

const none: Finding[] = [];

function Work({ id }: { id: string }) {
  const { t, i18n } = useTranslation("analyst");
  const english = i18n.language.startsWith("en");
  const { pane = "flow", file } = editorRoute.useSearch();
  const navigate = editorRoute.useNavigate();
  const { read, server, now, dirty, restored, change, save, conflict, discard, took } = useDraft(id);
  const { schema, names } = useLanguage();
  const code = useRef<CodeHandle>(null);
  const [line, setLine] = useState(1);
  const [outlined, setOutlined] = useState(false);
  const [against, setAgainst] = useState<string>();

  const test = now?.tests.find((x) => x.name === file);
  const active = test ? test.text : now?.text;
  const check = useCheck(now?.text);
  const testCheck = useCheck(test?.text);
  const shown = test ? testCheck : check;
  const graph = useFlow(check.data);

  const run = useMutation({
    mutationFn: async (texts: Texts) => ({ of: texts, out: await answer(testDefinition({ body: { text: texts.text, tests: texts.tests } })) }),
  });
  const result = run.data?.out;
  const stale = !!run.data && !!now && !sameTexts(run.data.of, now);

  const parsed = useSettled(now?.text, 600);
  const item = useMemo(() => readItem(parsed), [parsed]);
  const know = useMemo<Knowledge | undefined>(() => {
    if (test) return { schema: testsSchema((k) => t(`testKey.${k}`)), names, english, tests: declared(item.data) };
    return { schema: schema ?? {}, names, english };
  }, [!!test, schema, names, english, item, t]);

  const findings = useMemo(() => {
    const live = shown.data?.findings ?? none;
    const ran = test && !stale ? result?.files.find((f) => f.name === test.name) : undefined;
    if (!ran) return live;
    // What a run found stands beside what the check says.
    const failures = ran.cases.flatMap((c) => c.failures.map((f): Finding => ({ ...f, severity: "error", code: c.name })));
    return [...(ran.findings.length > 0 ? ran.findings : live), ...failures];
  }, [shown.data, test, stale, result]);

  const outline = check.data?.outline ?? [];
  const step = test ? /\bstep:\s*([\w-]+)/.exec(test.text.split("\n")[line - 1] ?? "")?.[1] : markAt(outline, line, "step")?.id;
  const problems = useMemo(() => stepsWith(check.data?.findings ?? none, check.data?.outline ?? []), [check.data]);
  const paint = useMemo(() => paintCoverage(stale ? undefined : result?.coverage, problems, t, english), [result, stale, problems, t, english]);

  const show = useCallback((next: { pane?: Pane; file?: string | undefined }) => {
    void navigate({ search: (s) => {
      const to = { ...s, ...next };
      if (to.file === undefined) delete to.file;
      return to;
    }, replace: true });
  }, [navigate]);
  const go = useCallback((to: string | undefined, at: number, column = 1) => {
    show({ file: to });
    // The other file is drawn first.
    setTimeout(() => code.current?.go(at, column));
  }, [show]);
  const goStep = useCallback((id: string) => {
    const mark = outline.find((m) => m.kind === "step" && m.id === id);
    if (mark) go(undefined, mark.line, mark.column);
  }, [outline, go]);

  if (read.error && !now) return <Broken error={read.error} again={() => void read.refetch()} />;
  if (!server || !now || active === undefined) return <Loading />;

  const frozen = server.state !== "open";
  const setTests = (tests: DefinitionTest[]) => change({ tests });
  const write = (text: string) => (test ? setTests(now.tests.map((x) => (x === test ? { ...x, text } : x))) : change({ text }));
  const runNow = () => {
    run.mutate({ text: now.text, tests: now.tests });
    if (pane === "flow" || pane === "guide") show({ pane: "tests" });
  };
  const addTest = () => {
    const made = newTest(now, item);
    setTests([...now.tests, made]);
    show({ file: made.name });
  };
  const dropTest = () => {
    setTests(now.tests.filter((x) => x !== test));
    show({ file: undefined });
  };
  const errors = check.data?.errors;

  return (
    <div className="editor-page">
      <div className="page-head">
        <Link to="/items">{t("catalogue.title")}</Link>
        <h1>{server.name}</h1>
        <Tag color={server.state === "open" ? "blue" : server.state === "asked" ? "gold" : "green"}>{t(`draftState.${server.state}`)}</Tag>
        <span className="muted small" role="status">
          {frozen ? t("editor.frozen") : dirty ? t("editor.dirty") : t("editor.saved", { name: server.changedBy.name, at: minute(server.changedAt), revision: server.revision })}
        </span>
        <span className="grow" />
        <Button icon={<UnorderedListOutlined />} aria-pressed={outlined} onClick={() => setOutlined(!outlined)}>{t("outline")}</Button>
        <Tooltip title={t("editor.saveKey")}><Button icon={<SaveOutlined />} disabled={frozen || !dirty} loading={save.isPending} onClick={() => save.mutate(undefined)}>{t("common:action.save")}</Button></Tooltip>
        <Tooltip title={t("editor.runKey")}><Button icon={<CaretRightOutlined />} loading={run.isPending} onClick={runNow}>{t("editor.run")}</Button></Tooltip>
        <Button type="primary" onClick={() => show({ pane: "publish" })}>{server.mayDecide ? t("publish.decide") : t("publish.ask")}</Button>
      </div>
      {conflict ? (
        <Alert type="warning" showIcon banner role="alert" title={t("editor.conflict", { name: conflict.by.name, at: minute(conflict.at) })} action={
          <Space>
            <Button size="small" onClick={() => void read.refetch().then(() => { setAgainst(":saved"); show({ pane: "compare" }); })}>{t("editor.seeDiff")}</Button>
            <Button size="small" danger onClick={() => save.mutate(conflict.revision)}>{t("editor.overwrite")}</Button>
            <Button size="small" onClick={discard}>{t("editor.takeTheirs")}</Button>
          </Space>
        } />
      ) : <Refusal error={save.error} onClose={() => save.reset()} />}
      {restored && !conflict && <Alert type="info" showIcon banner title={t("editor.restored")} action={<Button size="small" onClick={discard}>{t("editor.discard")}</Button>} />}
      <Splitter className="editor-split">
        <Splitter.Panel defaultSize="48%" min={320} collapsible>
          <div className="editor-left">
            <div className="editor-files">
              <Tabs
                size="small" type="card" activeKey={test?.name ?? ""} onChange={(key) => show({ file: key || undefined })}
                items={[{ key: "", label: t("editor.definition") }, ...now.tests.map((x) => ({ key: x.name, label: x.name }))]}
              />
              {/* Beside the list, not in it: a list of tabs holds tabs alone. */}
              {!frozen && <Button size="small" type="text" icon={<PlusOutlined aria-hidden />} aria-label={t("tests.add")} title={t("tests.add")} onClick={addTest} />}
              {!frozen && test && <Button size="small" type="text" danger icon={<DeleteOutlined aria-hidden />} aria-label={t("tests.drop", { name: test.name })} title={t("tests.drop", { name: test.name })} onClick={dropTest} />}
            </div>
            <div className="editor-text">
              {outlined && <Outline outline={(test ? testCheck : check).data?.outline ?? []} line={line} onGo={(l, c) => go(test?.name, l, c)} />}
              <CodeEditor
                ref={code} file={test?.name ?? ""} text={active} label={test ? test.name : t("editor.definition")} readOnly={frozen} findings={findings} know={know}
                onChange={write} onLine={setLine} onSave={() => !frozen && save.mutate(undefined)} onRun={runNow}
              />
            </div>
            <Problems findings={findings} busy={!shown.current} onGo={(l, c) => go(test?.name, l, c)} />
          </div>
        </Splitter.Panel>
        <Splitter.Panel min={360} collapsible>
          <Tabs
            className="editor-panes" size="small" activeKey={pane} onChange={(key) => show({ pane: key as Pane })} destroyOnHidden
            items={panes.map((p) => ({ key: p, label: t(`pane.${p}`), children: p !== pane ? null : <Suspense fallback={<Skeleton active />}>{body(p)}</Suspense> }))}
          />
        </Splitter.Panel>
      </Splitter>
    </div>
  );

  function body(p: Pane) {
    switch (p) {
      case "flow":
        return graph ? <Flow graph={graph} paint={paint} label={t("pane.flowOf", { name: server!.name })} selected={step} onSelect={goStep} height="100%" /> : check.error ? <Broken error={check.error} again={() => void check.refetch()} /> : check.data ? <Nothing text={t("flow.none")} /> : <Skeleton active />;
      case "guide":
        return <div className="pane-scroll"><GuideView guide={check.data?.guide} errors={errors} /></div>;
      case "tests":
        return (
          <TestsPane count={now!.tests.length} result={result} stale={stale} busy={run.isPending} error={run.error} graph={graph} paint={paint} selected={step}
            onRun={runNow} onAdd={frozen ? undefined : addTest} onStep={goStep} onGo={(name, l, c) => go(testName(now!.tests, name), l, c)} />
        );
      case "play":
        return <PlayPane id={id} text={now!.text} graph={graph} onStep={goStep} />;
      case "compare":
        return <ComparePane key={against ?? ""} draft={server!} item={item.code} text={now!.text} dirty={dirty} {...(against ? { first: against } : {})} onGo={(l, c) => go(undefined, l, c)} />;
      case "publish":
        return (
          <PublishPane draft={server!} errors={errors} testsOk={stale ? undefined : result?.ok} effective={item.effective}
            onSave={async () => (dirty ? save.mutateAsync(undefined) : server)} onChanged={took} />
        );
    }
  }
}

/** What the text says of its item, as far as it can be read. */
function readItem(text: string | undefined): { data: unknown; code: string; version: string; effective: string } {
  let data: unknown;
  try {
    data = parse(text ?? "", { logLevel: "silent", uniqueKeys: false });
  } catch {
    data = undefined;
  }
  const it = (typeof data === "object" && data !== null ? (data as Record<string, unknown>).item : undefined) as Record<string, unknown> | undefined;
  const word = (v: unknown) => (typeof v === "string" || typeof v === "number" ? String(v) : "");
  return { data, code: word(it?.code), version: word(it?.version), effective: word(it?.effective) };
}
