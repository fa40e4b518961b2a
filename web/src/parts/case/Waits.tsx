// Whom the case waits for, and why.
import { useQuery } from "@tanstack/react-query";
import { List, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { clockQuery } from "../../app/BusinessTime";
import { Due } from "../Light";
import { Broken, Nothing } from "../States";
import { colon, comma } from "../../texts/marks";
import { waitsQuery } from "./queries";

export function Waits({ number }: { number: string }) {
  const { t, i18n } = useTranslation("case");
  const { data, error, refetch } = useQuery(waitsQuery(number));
  const clock = useQuery(clockQuery);
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton active />;
  if (!data.waits.length) return <Nothing text={t("waitsForNobody")} />;
  const english = i18n.language.startsWith("en");
  return (
    <List
      size="small"
      dataSource={data.waits}
      rowKey={(w) => w.step + (w.task ?? "") + w.who}
      renderItem={(w) => (
        <List.Item style={{ paddingInline: 0, alignItems: "flex-start" }}>
          <div>
            <strong>{w.who === "applicant" ? t("applicant") : w.who === "time" ? t("time") : (w.orgName ?? w.whoName ?? w.who)}</strong>
            {w.role && <span className="muted"> · {t(`common:role.${w.role}` as "common:role.clerk")}</span>}
            {w.accountName && <span className="muted"> · {w.accountName}</span>}
            {w.deputies && w.deputies.length > 0 && <span className="muted"> · {t("deputies", { names: w.deputies.join(comma()) })}</span>}
            <div className="small">{what(w.stepName || w.step, english ? w.whyEn : w.whyZh)}</div>
            {w.due && <Due due={w.due} now={clock.data ? new Date(clock.data.now) : undefined} />}
          </div>
        </List.Item>
      )}
    />
  );
}

/** What is waited for; most reasons name the step themselves, and what has no step has none to name. */
function what(step: string, why: string): string {
  return !step || why.includes(step) ? why : step + colon() + why;
}
