// One file: chosen or dropped, uploaded at once, named with its size, removable.
import { PaperClipOutlined, UploadOutlined } from "@ant-design/icons";
import { Button, Upload } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { File as Stored } from "../api/gen/types.gen";
import { Refusal } from "./Refusal";
import { useWorld } from "./acts/world";
import { size, upload } from "./upload";

export function FilePick({ value, onChange, label, id }: {
  value?: Stored | undefined;
  onChange?: (file: Stored | undefined) => void;
  label?: string;
  id?: string;
}) {
  const { t } = useTranslation("act");
  const world = useWorld();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  return (
    <div>
      {value ? (
        <span>
          <PaperClipOutlined aria-hidden /> {value.name} <span className="muted small">{size(value.size)}</span>{" "}
          <Button size="small" type="link" onClick={() => onChange?.(undefined)}>{t("common:action.remove")}</Button>
        </span>
      ) : world ? (
        <Button {...(id ? { id } : {})} size="small" icon={<PaperClipOutlined aria-hidden />} onClick={() => onChange?.(world.makeUp(label ?? t("madeUp")))}>{label ?? t("pickFile")}</Button>
      ) : (
        <Upload
          showUploadList={false}
          customRequest={async ({ file }) => {
            setBusy(true);
            setError(undefined);
            try {
              onChange?.(await upload(file as globalThis.File));
            } catch (e) {
              setError(e);
            } finally {
              setBusy(false);
            }
          }}
        >
          <Button {...(id ? { id } : {})} size="small" icon={<UploadOutlined aria-hidden />} loading={busy}>{label ?? t("pickFile")}</Button>
        </Upload>
      )}
      <Refusal error={error} onClose={() => setError(undefined)} />
    </div>
  );
}
