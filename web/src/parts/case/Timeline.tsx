// What happened, in plain words, the newest first; with what it did to due dates.
import { useQuery } from "@tanstack/react-query";
import { Checkbox, Skeleton, Timeline as Line, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { TimelineEntry } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { Broken } from "../States";
import { minute } from "../time";
import { timelineQuery } from "./queries";

export function Timeline({ number }: { number: string }) {
  const { t } = useTranslation("case");
  const { data, error, refetch } = useQuery(timelineQuery(number));
  const [oldest, setOldest] = useState(false);
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton active />;
  const events = oldest ? data.events : [...data.events].reverse();
  return (
    <>
      <Checkbox checked={oldest} onChange={(e) => setOldest(e.target.checked)} style={{ marginBottom: 12 }}>{t("oldestFirst")}</Checkbox>
      <Line items={events.map((e) => ({ key: e.seq, content: <Entry entry={e} /> }))} />
    </>
  );
}

function Entry({ entry: e }: { entry: TimelineEntry }) {
  const { t, i18n } = useTranslation("case");
  const who = e.by.kind === "applicant" ? t("applicant") : e.by.kind === "system" ? t("system") : [e.by.name, e.by.orgName].filter(Boolean).join(" · ");
  return (
    <div>
      <div>
        {inLanguage(e.text, i18n.language)}
        {!e.confirmed && <Tag style={{ marginInlineStart: 8 }} title={t("unconfirmedWhy")}>{t("unconfirmed")}</Tag>}
      </div>
      <div className="muted small">
        <span className="number">{minute(e.at)}</span> · {who}
        {(e.due ?? []).map((d) => <span key={d.clock}> · {t("dueNow", { clock: inLanguage(d.name, i18n.language), day: d.day })}</span>)}
      </div>
    </div>
  );
}
