// A letter as its own page, in a frame without scripts, to be read and printed.
import { useQuery } from "@tanstack/react-query";
import { Button, Modal, Skeleton } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { client } from "../../api/gen/client.gen";
import { Broken } from "../States";

export function LetterFrame({ url, title, height, headers, frame }: {
  url: string;
  title: string;
  height: number | string;
  headers?: Record<string, string>;
  frame?: React.RefObject<HTMLIFrameElement | null>;
}) {
  const { data, error, refetch } = useQuery({
    queryKey: ["file", url],
    queryFn: () => answer(client.get<string, unknown>({ url, parseAs: "text", ...(headers ? { headers } : {}) }) as Promise<{ data?: string; error?: unknown; response?: Response }>),
    staleTime: Infinity,
  });
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton active />;
  // allow-same-origin without allow-scripts: nothing in it can run, and the page may print it.
  return <iframe ref={frame} srcDoc={data} title={title} sandbox="allow-same-origin allow-modals" style={{ width: "100%", height, border: "1px solid #d9dde5", background: "#fff" }} />;
}

export function LetterPage({ url, title, onClose, headers }: { url: string; title: string; onClose: () => void; headers?: Record<string, string> }) {
  const { t } = useTranslation();
  const frame = useRef<HTMLIFrameElement>(null);
  return (
    <Modal open title={title} onCancel={onClose} width={900} style={{ top: 24 }}
      footer={<Button onClick={() => frame.current?.contentWindow?.print()}>{t("action.print")}</Button>}>
      <LetterFrame url={url} title={title} height="68vh" frame={frame} {...(headers ? { headers } : {})} />
    </Modal>
  );
}
