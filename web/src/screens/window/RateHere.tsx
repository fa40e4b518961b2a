// A rating is the applicant's own: at the counter he scans this with his phone, or turns to the screen that
// faces him and types the code of his receipt.
import { Card, QRCode } from "antd";
import { useTranslation } from "react-i18next";
import type { Task } from "../../api/gen/types.gen";
import { trackAddress } from "./Receipt";

export function RateHere({ number, tasks }: { number: string; tasks: Task[] }) {
  const { t } = useTranslation("window");
  if (!tasks.some((x) => x.kind === "rate")) return null;
  const address = trackAddress(number);
  return (
    <Card size="small" title={t("rate.title")}>
      <div style={{ display: "flex", gap: 12, alignItems: "center" }}>
        <QRCode type="svg" value={address} size={120} bordered={false} role="img" aria-label={t("rate.qr")} />
        <div>
          <p style={{ marginTop: 0 }}>{t("rate.how")}</p>
          <a href={address} target="_blank" rel="noreferrer noopener">{t("rate.open")}</a>
        </div>
      </div>
    </Card>
  );
}
