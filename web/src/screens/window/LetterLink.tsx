// A letter of a case, to be read and printed.
import { FileTextOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import type { Letter } from "../../api/gen/types.gen";
import { FileModal } from "../../parts/case/FileView";
import { LetterPage } from "../../parts/case/LetterPage";
import { letterUrl } from "../../parts/case/Letters";

export function LetterLink({ number, letter }: { number: string; letter: Letter }) {
  const [open, setOpen] = useState(false);
  const title = [letter.title, letter.number].filter(Boolean).join(" ");
  const close = () => setOpen(false);
  return (
    <>
      <Button icon={<FileTextOutlined />} onClick={() => setOpen(true)}>{title}</Button>
      {letter.forms?.includes("pdf")
        ? <FileModal file={open ? { url: letterUrl(number, letter.id, "pdf"), name: `${title}.pdf` } : undefined} onClose={close} />
        : open && <LetterPage url={letterUrl(number, letter.id, "html")} title={title} onClose={close} />}
    </>
  );
}
