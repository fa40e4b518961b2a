// What somebody at the counter may ask for whatever the case is at: an objection, withdrawal, a reminder.
import { useQuery } from "@tanstack/react-query";
import { Card, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { ActBar } from "../../parts/acts/ActBar";
import { caseActsQuery } from "../../parts/acts/options";
import { Broken } from "../../parts/States";

const wanted = new Set(["object", "withdraw", "retract", "urge", "terminate", "deliver"]);

export function CounterActs({ number, item, version }: { number: string; item: string; version: string }) {
  const { t } = useTranslation("window");
  const { data, error, refetch } = useQuery(caseActsQuery(number));
  return (
    <Card size="small" title={t("counter.acts")}>
      {error ? <Broken error={error} again={() => void refetch()} /> : !data ? <Skeleton active title={false} />
        : <ActBar options={data.filter((o) => wanted.has(o.act))} target={{ number, item, version }} />}
    </Card>
  );
}
