// What the applicant may do any time: remind those the case waits for, and withdraw it.
import { App, Button, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { TrackView } from "../../api/gen/types.gen";
import { Answered } from "./Answered";
import { useTrackAct } from "./pass";
import type { Pass } from "./pass";

export function More({ pass, view }: { pass: Pass; view: TrackView }) {
  const { t } = useTranslation("track");
  const { message } = App.useApp();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const urge = useTrackAct(pass, "urge", () => void message.success(t("urge.done")));
  const withdraw = useTrackAct(pass, "withdraw", () => {
    setAsking(false);
    void message.success(t("withdraw.done"));
  });
  const over = view.status === "closed";
  if (over) return null;
  const others = view.waits.some((w) => w.who !== "applicant" && w.who !== "time");
  return (
    <section className="track-card" aria-labelledby="more">
      <h2 id="more">{t("more")}</h2>
      <Answered error={urge.error} onClose={() => urge.reset()} />
      <div style={{ display: "flex", gap: 8, flexWrap: "wrap" }}>
        {others && <Button loading={urge.isPending} onClick={() => urge.mutate({})}>{t("urge.send")}</Button>}
        <Button danger onClick={() => setAsking(true)}>{t("withdraw.open")}</Button>
      </div>
      <Modal open={asking} title={t("withdraw.title")} onCancel={() => setAsking(false)} okText={t("withdraw.send")} cancelText={t("common:action.cancel")}
        okButtonProps={{ danger: true, disabled: !reason.trim(), loading: withdraw.isPending }} onOk={() => withdraw.mutate({ reason: reason.trim() })}>
        <p>{t("withdraw.what")}</p>
        <label htmlFor="withdraw-why">{t("withdraw.why")}</label>
        <Input.TextArea id="withdraw-why" autoSize={{ minRows: 2 }} value={reason} onChange={(e) => setReason(e.target.value)} />
        <Answered error={withdraw.error} />
      </Modal>
    </section>
  );
}
