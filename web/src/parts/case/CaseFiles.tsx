// Files that acts have brought into a case: evidence, signed documents, records. They open in a window, like papers.
import { Button } from "antd";
import { useState } from "react";
import { FileModal } from "./FileView";
import type { Viewed } from "./FileView";

export interface CaseFile {
  hash: string;
  name: string;
  type?: string | undefined;
}

export function CaseFiles({ number, files }: { number: string; files: CaseFile[] | undefined }) {
  const [viewed, setViewed] = useState<Viewed>();
  if (!files?.length) return null;
  return (
    <>
      {files.map((f) => (
        <Button
          key={f.hash} type="link" size="small" style={{ paddingBlock: 0, whiteSpace: "normal", textAlign: "start", height: "auto" }}
          onClick={() => setViewed({ url: `/v1/cases/${encodeURIComponent(number)}/files/${f.hash}`, name: f.name, type: f.type })}
        >{f.name}</Button>
      ))}
      <FileModal file={viewed} onClose={() => setViewed(undefined)} />
    </>
  );
}
