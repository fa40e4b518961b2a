// A file from the phone: chosen or photographed, uploaded at once.
import { PaperClipOutlined, UploadOutlined } from "@ant-design/icons";
import { Button, Upload } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { File as Stored } from "../../api/gen/types.gen";
import { Refusal } from "../../parts/Refusal";
import { size } from "../../parts/upload";
import { send } from "./pass";
import type { Pass } from "./pass";

/** titled: what it is for stands nowhere else. */
export function FileField({ pass, name, titled, file, onFile }: { pass: Pass; name: string; titled?: boolean; file: Stored | undefined; onFile: (f: Stored | undefined) => void }) {
  const { t } = useTranslation("track");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  return (
    <div>
      {titled && <p className="small muted" style={{ margin: "8px 0 4px" }}>{name}</p>}
      {file && (
        <p style={{ margin: "0 0 4px" }}>
          <PaperClipOutlined aria-hidden /> {file.name} <span className="muted small">{size(file.size)}</span>{" "}
          <Button type="link" size="small" onClick={() => onFile(undefined)} aria-label={t("file.removeOf", { name })}>{t("common:action.remove")}</Button>
        </p>
      )}
      <Upload accept=".pdf,.ofd,.jpg,.jpeg,.png,.docx,.doc,.xlsx,.xls,.zip,.txt" showUploadList={false} beforeUpload={(f) => {
        setBusy(true);
        setError(undefined);
        send(pass, f).then(onFile, setError).finally(() => setBusy(false));
        return false;
      }}>
        <Button icon={<UploadOutlined />} loading={busy} aria-label={t(file ? "file.replaceOf" : "file.chooseOf", { name })}>{t(file ? "file.replace" : "file.choose")}</Button>
      </Upload>
      <Refusal error={error} onClose={() => setError(undefined)} />
    </div>
  );
}
