// The letter as PDF, made of the text as it stands.
import { useQuery } from "@tanstack/react-query";
import { Button, Modal, Skeleton } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Refusal } from "../../parts/Refusal";
import { drawn } from "./usePreview";

export function PdfPreview({ kind, source, title, onClose }: { kind: string; source: string; title: string; onClose: () => void }) {
  const { t } = useTranslation("admin");
  const { data, error } = useQuery({ queryKey: ["letter-templates", kind, "pdf", source], queryFn: () => drawn<Blob>(kind, source, "pdf"), staleTime: Infinity, gcTime: 0 });
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!data) return;
    const made = URL.createObjectURL(new Blob([data], { type: "application/pdf" }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [data]);
  return (
    <Modal open title={t("letter.pdfOf", { title })} onCancel={onClose} width={960} style={{ top: 24 }}
      footer={url && <Button href={url} download={`${kind}.pdf`}>{t("common:action.download")}</Button>}>
      {error ? <Refusal error={error} /> : url ? <iframe src={url} title={t("letter.pdfOf", { title })} style={{ width: "100%", height: "70vh", border: "1px solid #d9dde5" }} /> : <Skeleton active />}
    </Modal>
  );
}
