// Looking at a file without running anything of it: images and PDF from an address of the browser's own,
// typed by what the server found in the file, never by its name. Anything else is downloaded.
import { DownloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Modal, Skeleton } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { client } from "../../api/gen/client.gen";
import { Broken } from "../States";

const pictures = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"];

export interface Viewed {
  /** Address of the API. */
  url: string;
  name: string;
  type?: string | undefined;
  headers?: Record<string, string>;
}

async function load(file: Viewed): Promise<Blob> {
  return answer(client.get<Blob, unknown>({ url: file.url, parseAs: "blob", ...(file.headers ? { headers: file.headers } : {}) }) as Promise<{ data?: Blob; error?: unknown; response?: Response }>);
}

/** The file in a pane; downloads what cannot be shown. */
export function FilePane({ file, height = 480 }: { file: Viewed; height?: number | string }) {
  const { t } = useTranslation("case");
  const { data, error, refetch } = useQuery({ queryKey: ["file", file.url], queryFn: () => load(file), staleTime: Infinity, gcTime: 60_000 });
  const [url, setUrl] = useState<string>();
  const type = data ? (data.type.split(";")[0] ?? "") : "";
  const shown = pictures.includes(type) || type === "application/pdf";
  useEffect(() => {
    if (!data) return;
    // Typed anew: a blob keeps the type it is given, and HTML must never get one that runs.
    const made = URL.createObjectURL(new Blob([data], { type: shown ? type : "application/octet-stream" }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [data, shown, type]);
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data || !url) return <Skeleton active />;
  return (
    <div>
      <div style={{ textAlign: "end", marginBottom: 6 }}>
        <Button size="small" icon={<DownloadOutlined />} href={url} download={file.name}>{t("common:action.download")}</Button>
      </div>
      {pictures.includes(type) && <div style={{ overflow: "auto", maxHeight: height }} tabIndex={0} role="group" aria-label={file.name}><img src={url} alt={file.name} style={{ maxWidth: "100%" }} /></div>}
      {type === "application/pdf" && <iframe src={url} title={file.name} style={{ width: "100%", height, border: "1px solid #d9dde5" }} />}
      {!shown && <p className="muted">{t("cannotShow")}</p>}
    </div>
  );
}

export function FileModal({ file, onClose }: { file: Viewed | undefined; onClose: () => void }) {
  return (
    <Modal open={!!file} title={file?.name} footer={null} onCancel={onClose} width={960} style={{ top: 24 }} destroyOnHidden>
      {file && <FilePane file={file} height="70vh" />}
    </Modal>
  );
}
