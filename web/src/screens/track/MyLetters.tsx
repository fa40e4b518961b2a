// Letters to the applicant: to read on the phone, and to keep.
import { FileTextOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { trackLetters } from "../../api/gen/sdk.gen";
import type { Letter } from "../../api/gen/types.gen";
import { FileModal } from "../../parts/case/FileView";
import type { Viewed } from "../../parts/case/FileView";
import { LetterPage } from "../../parts/case/LetterPage";
import { Refusal } from "../../parts/Refusal";
import { day } from "../../parts/time";
import { header } from "./pass";
import type { Pass } from "./pass";

export function MyLetters({ pass }: { pass: Pass }) {
  const { t } = useTranslation("track");
  const { data, error } = useQuery({ queryKey: ["track", pass.number, pass.code, "letters"], queryFn: () => answer(trackLetters({ auth: header(pass) })), refetchInterval: 60_000 });
  const [page, setPage] = useState<Letter>();
  const [pdf, setPdf] = useState<Viewed>();
  if (data?.letters.length === 0) return null;
  const url = (l: Letter, form: "pdf" | "html") => `/v1/track/letters/${encodeURIComponent(l.id)}/file?form=${form}`;
  const headers = { "Lianban-Track": header(pass) };
  return (
    <section className="track-card" aria-labelledby="letters">
      <h2 id="letters">{t("letters.title")}</h2>
      {error ? <Refusal error={error} /> : !data ? <Skeleton active title={false} /> : (
        <ul className="track-list">
          {data.letters.map((l) => (
            <li key={l.id} className="track-letter">
              <span><FileTextOutlined aria-hidden /> <strong>{l.title}</strong> <span className="muted small">{l.number} · {day(l.at)}</span></span>
              {l.status === "ready" ? (
                <span>
                  {l.forms?.includes("html") && <Button size="small" onClick={() => setPage(l)} aria-label={t("letters.readOf", { title: l.title })}>{t("letters.read")}</Button>}{" "}
                  {l.forms?.includes("pdf") && <Button size="small" onClick={() => setPdf({ url: url(l, "pdf"), name: `${l.title} ${l.number ?? ""}.pdf`, headers })} aria-label={t("letters.pdfOf", { title: l.title })}>PDF</Button>}
                </span>
              ) : <span className="muted small">{t("letters.preparing")}</span>}
            </li>
          ))}
        </ul>
      )}
      <FileModal file={pdf} onClose={() => setPdf(undefined)} />
      {page && <LetterPage url={url(page, "html")} title={page.title} headers={headers} onClose={() => setPage(undefined)} />}
    </section>
  );
}
