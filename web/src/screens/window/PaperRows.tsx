// The papers of this filing: what has to be brought, what is held already, what may follow, and what is
// not asked for and why.
import { CheckCircleFilled, EyeOutlined, InboxOutlined, UploadOutlined } from "@ant-design/icons";
import { Alert, Button, Checkbox, Collapse, DatePicker, InputNumber, Progress, Tag, Tooltip, Upload } from "antd";
import dayjs from "dayjs";
import { forwardRef, useImperativeHandle, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ChecklistPaper, Checklist, File as Stored } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { Refusal } from "../../parts/Refusal";
import { FileModal } from "../../parts/case/FileView";
import type { Viewed } from "../../parts/case/FileView";
import { upload as send } from "../../parts/upload";
import { sourceName } from "../../parts/case/source";
import { laws } from "../../texts/law";
import { aside, comma, semicolon } from "../../texts/marks";
import { distribute, putOff } from "./filing";
import type { FiledPaper, Filing, GuidePaper } from "./filing";

/** Where the signed commitment to bring papers later goes, beside the papers. */
const undertakingPlace = "undertaking:";

/** What a file chooser offers; the server looks at the content. */
export const kinds = ".pdf,.ofd,.jpg,.jpeg,.png,.tif,.tiff,.docx,.xlsx,.doc,.xls,.zip,.txt";

const view = (f: Stored): Viewed => ({ url: `/v1/files/${f.hash}`, name: f.name, type: f.type });

export interface PapersHandle {
  /** Focus on choosing files. */
  focus: () => void;
}

interface Props {
  list: Checklist;
  guide: GuidePaper[];
  filing: Filing;
  onChange: (change: (f: Filing) => Filing) => void;
  /** Every file that was chosen has its place. */
  onEnd: () => void;
}

export const PaperRows = forwardRef<PapersHandle, Props>(function PaperRows({ list, guide, filing, onChange, onEnd }, ref) {
  const { t, i18n } = useTranslation("filing");
  const many = useRef<HTMLButtonElement>(null);
  const [shown, setShown] = useState<Viewed>();
  const [progress, setProgress] = useState<{ done: number; of: number }>();
  const [failed, setFailed] = useState<unknown>();
  const [over, setOver] = useState<string[]>([]);
  useImperativeHandle(ref, () => ({ focus: () => many.current?.focus() }));

  const setPaper = (id: string, part: Partial<FiledPaper>) =>
    onChange((f) => ({ ...f, papers: { ...f.papers, [id]: { ...f.papers[id], ...part } }, ...(part.file ? { defer: f.defer.filter((x) => x !== id) } : {}) }));
  const setPromise = (id: string, file: Stored) => onChange((f) => ({ ...f, promises: { ...f.promises, [id]: file } }));

  const later = putOff(list, filing);

  /** Uploads files, each to its paper; at tells which is which. */
  const take = async (files: File[], at?: string) => {
    const promises = (list.promises ?? []).filter((p) => !filing.promises[p.id]);
    const open = [
      ...list.papers.filter((p) => !filing.papers[p.id]?.file && p.need === "bring").map((p) => ({ id: p.id, name: p.name })),
      ...promises.map((p) => ({ id: "promise:" + p.id, name: p.text })),
      ...(later.length > 0 && !filing.undertaking ? [{ id: undertakingPlace, name: t("undertaking.name") }] : []),
    ];
    const places = at ? files.map((_, i) => (i === 0 ? at : undefined)) : distribute(files.map((f) => f.name), open);
    setFailed(undefined);
    setOver(files.filter((_, i) => places[i] === undefined).map((f) => f.name));
    setProgress({ done: 0, of: files.length });
    try {
      for (const [i, file] of files.entries()) {
        const place = places[i];
        if (place !== undefined) {
          const stored = await send(file);
          if (place === undertakingPlace) onChange((f) => ({ ...f, undertaking: stored }));
          else if (place.startsWith("promise:")) setPromise(place.slice("promise:".length), stored);
          else setPaper(place, { file: stored });
        }
        setProgress({ done: i + 1, of: files.length });
      }
      onEnd();
    } catch (e) {
      setFailed(e);
    } finally {
      setProgress(undefined);
    }
  };
  const upload = (at?: string) => ({
    multiple: !at, accept: kinds, showUploadList: false,
    // Several files come one call each; the first call takes them all.
    beforeUpload: (file: File, all: File[]) => {
      if (file === all[0]) void take(all, at);
      return false;
    },
  });

  const needed = list.papers.filter((p) => p.need === "bring" || p.need === "compare" || p.need === "confirm");
  const free = list.papers.filter((p) => !needed.includes(p));
  const here = new Set(list.papers.map((p) => p.id));
  const away = guide.filter((p) => !here.has(p.id));
  const replaced = new Map((list.promises ?? []).flatMap((p) => (p.replaces ?? []).map((id) => [id, p.text] as const)));
  return (
    <div>
      <Upload.Dragger {...upload()} openFileDialogOnClick={false} hasControlInside style={{ padding: 0 }}>
        <span style={{ display: "inline-flex", gap: 8, alignItems: "center" }}>
          <InboxOutlined aria-hidden /> {t("papers.drop")}
          <Upload {...upload()}>
            <Button ref={many} size="small" icon={<UploadOutlined />} data-step="files">{t("papers.chooseMany")}</Button>
          </Upload>
        </span>
      </Upload.Dragger>
      {progress && <Progress percent={Math.round((100 * progress.done) / progress.of)} size="small" format={() => `${progress.done}/${progress.of}`} aria-label={t("papers.uploading")} />}
      <Refusal error={failed} onClose={() => setFailed(undefined)} />
      {over.length > 0 && <Alert type="warning" showIcon title={t("papers.over", { names: over.join(comma()) })} closable />}
      <ul className="filing-papers">
        {needed.map((p) => (
          <Row key={p.id} paper={p} guide={guide.find((g) => g.id === p.id)} filing={filing} upload={upload(p.id)} onSet={(part) => setPaper(p.id, part)}
            onDefer={(yes) => onChange((f) => ({ ...f, defer: yes ? [...f.defer, p.id] : f.defer.filter((x) => x !== p.id) }))}
            onShow={(f) => setShown(view(f))} />
        ))}
        {(list.promises ?? []).map((p) => (
          <li key={p.id}>
            <span className="filing-paper-name">
              <strong>{p.text}</strong>
              <span className="muted small"> {t("promise.signed")} · {laws(p.basis)}</span>
            </span>
            <FileCell file={filing.promises[p.id]} upload={{ ...upload("promise:" + p.id) }} name={p.text}
              onShow={(f) => setShown(view(f))}
              onRemove={() => onChange((f) => ({ ...f, promises: Object.fromEntries(Object.entries(f.promises).filter(([id]) => id !== p.id)) }))} />
          </li>
        ))}
        {later.length > 0 && (
          <li>
            <span className="filing-paper-name">
              <strong>{t("undertaking.name")}</strong>
              <span className="muted small"> {t("undertaking.says", { papers: later.map((p) => `${p.name}${aside(inLanguage(guide.find((g) => g.id === p.id)?.later, i18n.language))}`).join(semicolon()) })}</span>
            </span>
            <FileCell file={filing.undertaking} upload={{ ...upload(undertakingPlace) }} name={t("undertaking.name")} onShow={(f) => setShown(view(f))}
              onRemove={() => onChange(({ undertaking: _, ...f }) => f)} />
          </li>
        )}
        {free.map((p) => (
          <li key={p.id}>
            <span className="filing-paper-name">{p.name}</span>
            <span><Tag color="green" icon={<CheckCircleFilled />}>{t("papers.notToBring")}</Tag> <span className="muted small">{t(`need.${p.need}`, { promise: replaced.get(p.id) ?? "" })}{p.source && ` · ${sourceName(t, p.source)}`}{p.until && ` · ${t("papers.until", { day: p.until })}`}</span></span>
          </li>
        ))}
      </ul>
      {away.length > 0 && (
        <Collapse ghost size="small" items={[{
          key: "away", label: t("papers.away", { count: away.length }),
          children: (
            <ul className="filing-away">
              {away.map((p) => <li key={p.id}>{p.name} <span className="muted small">{t("papers.awayWhy", { when: inLanguage(p.when, i18n.language) || t("papers.awayAnswers") })}</span></li>)}
            </ul>
          ),
        }]} />
      )}
      <FileModal file={shown} onClose={() => setShown(undefined)} />
    </div>
  );
});

type UploadProps = { multiple: boolean; accept: string; showUploadList: boolean; beforeUpload: (file: File, all: File[]) => boolean };

export function FileCell({ file, upload, name, onShow, onRemove }: { file: Stored | undefined; upload: UploadProps; name: string; onShow: (f: Stored) => void; onRemove: () => void }) {
  const { t } = useTranslation("filing");
  return (
    <span className="filing-file">
      {file && (
        <>
          <Button type="link" size="small" icon={<EyeOutlined />} onClick={() => onShow(file)} aria-label={t("papers.look", { file: file.name, name })} title={file.name}>
            <span className="filing-file-name">{file.name}</span>
          </Button>
          <Button type="text" size="small" onClick={onRemove} aria-label={t("papers.removeOf", { name })}>{t("common:action.remove")}</Button>
        </>
      )}
      <Upload {...upload}>
        <Button size="small" icon={<UploadOutlined />} aria-label={t(file ? "papers.replaceOf" : "papers.chooseOf", { name })}>{t(file ? "papers.replace" : "papers.choose")}</Button>
      </Upload>
    </span>
  );
}

interface RowProps {
  paper: ChecklistPaper;
  guide: GuidePaper | undefined;
  filing: Filing;
  upload: UploadProps;
  onSet: (part: Partial<FiledPaper>) => void;
  onDefer: (yes: boolean) => void;
  onShow: (f: Stored) => void;
}

function Row({ paper, guide, filing, upload, onSet, onDefer, onShow }: RowProps) {
  const { t, i18n } = useTranslation("filing");
  const filed = filing.papers[paper.id];
  const basis = laws(paper.basis);
  const signers = (guide?.signedBy ?? []).filter((s) => s !== "applicant");
  return (
    <li>
      <span className="filing-paper-name">
        <strong>{paper.name}</strong>{" "}
        <Tag>{t(`paperForm.${paper.form}`)}{paper.count > 1 && ` ×${paper.count}`}</Tag>
        {basis && <Tooltip title={t("papers.basis", { basis })}><span className="muted small" tabIndex={0}>{t("papers.basisWord")}</span></Tooltip>}
      </span>
      <FileCell file={filed?.file} upload={upload} name={paper.name} onShow={onShow} onRemove={() => onSet({ file: undefined } as Partial<FiledPaper>)} />
      <span className="filing-marks">
        {paper.need === "compare" && !filed?.file && <Checkbox checked={filed?.held ?? false} onChange={(e) => onSet({ held: e.target.checked })}>{t("papers.compareHeld")}</Checkbox>}
        {paper.need === "confirm" && !filed?.file && <Checkbox checked={filed?.held ?? false} onChange={(e) => onSet({ held: e.target.checked })}>{t("papers.confirmHeld")}</Checkbox>}
        {paper.follow && !filed?.file && paper.need === "bring" && (
          <Checkbox checked={filing.defer.includes(paper.id)} onChange={(e) => onDefer(e.target.checked)}>{t("papers.follow")} <span className="muted small">{inLanguage(guide?.later, i18n.language)}</span></Checkbox>
        )}
        {filed?.file && (
          <>
            <Checkbox checked={filed.original ?? false} onChange={(e) => onSet({ original: e.target.checked })}>{t("papers.original")}</Checkbox>
            <Checkbox checked={filed.selfMade ?? false} onChange={(e) => onSet({ selfMade: e.target.checked })}>{t("papers.selfMade")}</Checkbox>
            {paper.letter && <Checkbox checked={filed.letter ?? false} onChange={(e) => onSet({ letter: e.target.checked })}>{t("papers.letter")}</Checkbox>}
            {paper.letter && filed.letter && (
              <DatePicker size="small" aria-label={t("papers.bears", { name: paper.name })} placeholder={t("papers.bearsShort")} value={filed.until ? dayjs(filed.until) : null} onChange={(d) => onSet({ until: d?.format("YYYY-MM-DD") } as Partial<FiledPaper>)} />
            )}
            {paper.count > 1 && <label>{t("papers.copies")} <InputNumber size="small" min={1} max={99} value={filed.copies ?? 1} onChange={(v) => onSet({ copies: Number(v ?? 1) })} style={{ width: 64 }} /></label>}
            {signers.length > 0 && <Checkbox.Group value={filed.signedBy ?? []} onChange={(v) => onSet({ signedBy: v as string[] })} options={signers.map((s) => ({ value: s, label: t("papers.signed", { who: s.replace(/^form\./, "") }) }))} />}
          </>
        )}
      </span>
    </li>
  );
}
