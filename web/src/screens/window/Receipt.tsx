// What the applicant takes home: the number, and the code with which he looks after his case. The code is
// shown this once; it is kept nowhere but on this paper.
import { FilePdfOutlined, PrinterOutlined } from "@ant-design/icons";
import { Alert, Button, QRCode, Space } from "antd";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { listLetters } from "../../api/gen/sdk.gen";
import type { Started } from "../../api/gen/types.gen";
import { useAccount } from "../../app/session";
import { minute } from "../../parts/time";
import { semicolon } from "../../texts/marks";
import { LetterLink } from "./LetterLink";

/** Where the applicant reads how far his case is. The code follows the #, which no server ever sees. */
export function trackAddress(number: string, code?: string): string {
  return `${location.origin}/track?case=${encodeURIComponent(number)}${code ? `#${code}` : ""}`;
}

export function Receipt({ started, itemName, applicant, papers, missing }: { started: Started; itemName: string; applicant: string; papers: string[]; missing: string[] }) {
  const { t } = useTranslation("filing");
  const account = useAccount();
  const print = useRef<HTMLButtonElement>(null);
  useEffect(() => print.current?.focus(), []);
  return (
    <div className="page">
      <article className="receipt" aria-label={t("receipt.title")}>
        <h1>{t("receipt.title")}</h1>
        <div style={{ display: "flex", gap: 24, alignItems: "flex-start" }}>
          <dl className="receipt-rows">
            <dt>{t("receipt.number")}</dt><dd className="receipt-code" data-number={started.number}>{started.number}</dd>
            {started.trackCode && <><dt>{t("receipt.code")}</dt><dd className="receipt-code">{started.trackCode}</dd></>}
            <dt>{t("receipt.item")}</dt><dd>{itemName}</dd>
            <dt>{t("receipt.applicant")}</dt><dd>{applicant}</dd>
            <dt>{t("receipt.at")}</dt><dd>{minute(started.at)}</dd>
            <dt>{t("receipt.org")}</dt><dd>{account.orgName}</dd>
            {papers.length > 0 && <><dt>{t("receipt.papers")}</dt><dd>{papers.join(semicolon())}</dd></>}
            {missing.length > 0 && <><dt>{t("receipt.missing")}</dt><dd>{missing.join(semicolon())}</dd></>}
          </dl>
          <figure style={{ margin: 0, textAlign: "center" }}>
            <QRCode type="svg" value={trackAddress(started.number, started.trackCode)} size={160} bordered={false} errorLevel="M" role="img" aria-label={t("receipt.qr")} />
            <figcaption className="small">{t("receipt.scan")}</figcaption>
          </figure>
        </div>
        <p className="small">{t("receipt.note")}</p>
      </article>
      <div className="no-print">
        <Alert type="warning" showIcon title={started.trackCode ? t("receipt.once") : t("receipt.shown")} style={{ marginBottom: 12 }} />
        <Space wrap>
          <Button ref={print} type="primary" icon={<PrinterOutlined />} onClick={() => window.print()}>{t("receipt.print")}</Button>
          <OfficialReceipt number={started.number} />
          <Link to={`/window/cases/${started.number}` as string}>{t("receipt.open")}</Link>
          <Link to="/window">{t("receipt.next")}</Link>
        </Space>
      </div>
    </div>
  );
}

/** The letter with number and seal, as soon as it is drawn. */
function OfficialReceipt({ number }: { number: string }) {
  const { t } = useTranslation("filing");
  const { data } = useQuery({
    queryKey: ["case", number, "letters"],
    queryFn: () => answer(listLetters({ path: { number } })),
    refetchInterval: (q) => (q.state.data?.letters.some((l) => l.kind === "receipt" && l.status === "ready") ? false : 2000),
  });
  const letter = data?.letters.find((l) => l.kind === "receipt");
  if (!letter || letter.status !== "ready") return <span className="muted" role="status"><FilePdfOutlined aria-hidden /> {t("receipt.preparing")}</span>;
  return <LetterLink number={number} letter={letter} />;
}
