// What the server says to an act of the applicant: refused with its sentence, or received and not decided yet.
import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { Refusal } from "../../parts/Refusal";
import { Waiting } from "./pass";

export function Answered({ error, onClose }: { error: unknown; onClose?: () => void }) {
  const { t } = useTranslation("track");
  if (error instanceof Waiting) return <Alert type="info" showIcon role="status" title={t("later")} style={{ margin: "8px 0" }} />;
  return <Refusal error={error} {...(onClose ? { onClose } : {})} />;
}
