// Who files for the applicant, and the mark that his credit is bad: rare, so folded until needed.
import { Button, Checkbox, DatePicker, Form, Input, Upload } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { File as Stored } from "../../api/gen/types.gen";
import { Refusal } from "../../parts/Refusal";
import { upload } from "../../parts/upload";
import { kinds } from "./PaperRows";
import type { Filing } from "./filing";

interface Props {
  filing: Filing;
  agents: boolean;
  /** By the answers the act came before its formalities. */
  first: boolean;
  onChange: (change: (f: Filing) => Filing) => void;
}

export function Extras({ filing, agents, first, onChange }: Props) {
  const { t } = useTranslation("filing");
  const { agent, badCredit } = filing;
  const setAgent = (part: Partial<NonNullable<Filing["agent"]>>) => onChange((f) => ({ ...f, agent: { name: "", ...f.agent, ...part } }));
  const cause = filing.cause ?? { reason: "", evidence: [] };
  const setCause = (part: Partial<typeof cause>) => onChange((f) => ({ ...f, cause: { reason: "", evidence: [], ...f.cause, ...part } }));
  return (
    <div>
      {first && (
        <div className="filing-extra" data-part="cause">
          <Form.Item label={t("cause.reason")} htmlFor="cause-reason" required extra={t("cause.effect")}>
            <Input id="cause-reason" value={cause.reason} onChange={(e) => setCause({ reason: e.target.value })} />
          </Form.Item>
          <Form.Item label={t("cause.evidence")} required>
            <Pick label={t("cause.choose")} files={cause.evidence} onFile={(x) => setCause({ evidence: [...cause.evidence, x] })}
              onRemove={(hash) => setCause({ evidence: cause.evidence.filter((x) => x.hash !== hash) })} />
          </Form.Item>
        </div>
      )}
      {agents && (
        <Checkbox checked={!!agent} onChange={(e) => onChange(({ agent: _, ...f }) => (e.target.checked ? { ...f, agent: { name: "" } } : f))}>{t("agent.has")}</Checkbox>
      )}
      <Checkbox checked={!!badCredit} onChange={(e) => onChange(({ badCredit: _, ...f }) => (e.target.checked ? { ...f, badCredit: { reason: "", evidence: [] } } : f))}>{t("credit.has")}</Checkbox>
      {agent && (
        <div className="filing-extra">
          <Form.Item label={t("agent.name")} htmlFor="agent-name" required><Input id="agent-name" value={agent.name} onChange={(e) => setAgent({ name: e.target.value })} /></Form.Item>
          <Form.Item label={t("agent.id")} htmlFor="agent-id"><Input id="agent-id" value={agent.id ?? ""} onChange={(e) => setAgent({ id: e.target.value })} /></Form.Item>
          <Form.Item label={t("agent.until")} htmlFor="agent-until" required>
            <DatePicker id="agent-until" value={agent.until ? dayjs(agent.until) : null} onChange={(d) => setAgent(d ? { until: d.format("YYYY-MM-DD") } : {})} />
          </Form.Item>
          <Form.Item label={t("agent.evidence")} required>
            <Pick label={t("agent.choose")} files={agent.evidence ? [agent.evidence] : []} onFile={(evidence) => setAgent({ evidence })}
              onRemove={() => onChange((f) => { const { evidence: _, ...rest } = f.agent ?? { name: "" }; return { ...f, agent: rest }; })} />
          </Form.Item>
        </div>
      )}
      {badCredit && (
        <div className="filing-extra">
          <Form.Item label={t("credit.reason")} htmlFor="credit-reason" required extra={t("credit.effect")}>
            <Input id="credit-reason" value={badCredit.reason} onChange={(e) => onChange((f) => ({ ...f, badCredit: { ...f.badCredit!, reason: e.target.value } }))} />
          </Form.Item>
          <Form.Item label={t("credit.evidence")} required>
            <Pick label={t("credit.choose")} files={badCredit.evidence} onFile={(x) => onChange((f) => ({ ...f, badCredit: { ...f.badCredit!, evidence: [...f.badCredit!.evidence, x] } }))}
              onRemove={(hash) => onChange((f) => ({ ...f, badCredit: { ...f.badCredit!, evidence: f.badCredit!.evidence.filter((x) => x.hash !== hash) } }))} />
          </Form.Item>
        </div>
      )}
    </div>
  );
}

/** Files that prove something, by name. */
function Pick({ label, files, onFile, onRemove }: { label: string; files: Stored[]; onFile: (f: Stored) => void; onRemove: (hash: string) => void }) {
  const { t } = useTranslation("filing");
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  return (
    <>
      {files.map((f) => (
        <div key={f.hash}>{f.name} <Button type="link" size="small" onClick={() => onRemove(f.hash)} aria-label={t("papers.removeOf", { name: f.name })}>{t("common:action.remove")}</Button></div>
      ))}
      <Upload accept={kinds} showUploadList={false} beforeUpload={(file) => {
        setBusy(true);
        setError(undefined);
        upload(file).then(onFile, setError).finally(() => setBusy(false));
        return false;
      }}>
        <Button size="small" loading={busy}>{label}</Button>
      </Upload>
      <Refusal error={error} onClose={() => setError(undefined)} />
    </>
  );
}
