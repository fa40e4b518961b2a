// The letters of a case: number, addressee, how they reached him, to read and to print.
import { useQuery } from "@tanstack/react-query";
import { Button, Skeleton, Space, Table, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Letter } from "../../api/gen/types.gen";
import { Broken, Nothing } from "../States";
import { minute } from "../time";
import { FileModal } from "./FileView";
import type { Viewed } from "./FileView";
import { LetterPage } from "./LetterPage";
import { lettersQuery } from "./queries";

export function letterUrl(number: string, letter: string, form: "pdf" | "html"): string {
  return `/v1/cases/${encodeURIComponent(number)}/letters/${encodeURIComponent(letter)}/file?form=${form}`;
}

export function Letters({ number }: { number: string }) {
  const { t } = useTranslation("case");
  const { data, error, refetch } = useQuery(lettersQuery(number));
  const [page, setPage] = useState<Letter>();
  const [pdf, setPdf] = useState<Viewed>();
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton active />;
  if (!data.letters.length) return <Nothing text={t("noLetters")} />;
  return (
    <>
      <Table<Letter>
        size="small"
        rowKey="id"
        pagination={false}
        dataSource={data.letters}
        columns={[
          { title: t("letter"), render: (_, l) => <><strong>{l.title}</strong> <span className="muted small">{l.number}</span></> },
          { title: t("from"), width: 190, render: (_, l) => l.orgName ?? l.org },
          { title: t("to"), width: 140, render: (_, l) => l.toName ?? l.to },
          { title: t("at"), width: 140, render: (_, l) => <span className="number small">{minute(l.at)}</span> },
          { title: t("delivery"), width: 190, render: (_, l) => (l.deliveries ?? []).map((d) => <Tag key={d.channel} title={d.proof ?? d.error}>{t(`by.${d.channel}`, { defaultValue: d.channel })}: {t(`deliveryStatus.${d.status}`)}</Tag>) },
          {
            title: t("read"), width: 140, render: (_, l) => l.status === "ready" ? (
              <Space>
                {l.forms?.includes("html") && <Button size="small" onClick={() => setPage(l)}>{t("readIt")}</Button>}
                {l.forms?.includes("pdf") && <Button size="small" onClick={() => setPdf({ url: letterUrl(number, l.id, "pdf"), name: `${l.title} ${l.number ?? ""}.pdf` })}>PDF</Button>}
              </Space>
            ) : <span className="muted">{t("preparing")}</span>,
          },
        ]}
      />
      <FileModal file={pdf} onClose={() => setPdf(undefined)} />
      {page && <LetterPage url={letterUrl(number, page.id, "html")} title={page.title} onClose={() => setPage(undefined)} />}
    </>
  );
}
