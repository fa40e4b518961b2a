// The new tracking code on paper: shown this once.
import { PrinterOutlined } from "@ant-design/icons";
import { Alert, Button, QRCode, Space } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { TrackCodeReceipt } from "../../api/gen/types.gen";
import { minute } from "../../parts/time";
import { trackAddress } from "./Receipt";

export function CodeSlip({ given, onClose }: { given: TrackCodeReceipt; onClose: () => void }) {
  const { t } = useTranslation("window");
  // On paper there is the slip alone.
  useEffect(() => {
    document.body.classList.add("prints-slip");
    return () => document.body.classList.remove("prints-slip");
  }, []);
  return (
    <>
      <article className="receipt slip" aria-label={t("newCode.slip")}>
        <h1>{t("newCode.slip")}</h1>
        <div style={{ display: "flex", gap: 24, alignItems: "flex-start" }}>
          <dl className="receipt-rows">
            <dt>{t("number")}</dt><dd className="number">{given.number}</dd>
            <dt>{t("newCode.code")}</dt><dd className="receipt-code">{given.trackCode}</dd>
            <dt>{t("newCode.item")}</dt><dd>{given.itemName}</dd>
            <dt>{t("newCode.since")}</dt><dd>{minute(given.at)}</dd>
            <dt>{t("newCode.taker")}</dt><dd>{given.bearerName}</dd>
            <dt>{t("newCode.org")}</dt><dd>{given.orgName} {given.byName}</dd>
          </dl>
          <QRCode type="svg" value={trackAddress(given.number, given.trackCode)} size={140} bordered={false} errorLevel="M" role="img" aria-label={t("newCode.qr")} />
        </div>
      </article>
      <Alert type="warning" showIcon title={t("newCode.once")} style={{ marginBottom: 12 }} />
      <Space>
        <Button type="primary" icon={<PrinterOutlined aria-hidden />} onClick={() => window.print()}>{t("common:action.print")}</Button>
        <Button onClick={onClose}>{t("newCode.done")}</Button>
      </Space>
    </>
  );
}
