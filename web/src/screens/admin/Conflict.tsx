// A change that met another one: who made it and when, and the way to what holds now. Other refusals as they are.
import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import { Refused, answer } from "../../api/client";
import { listAdministration } from "../../api/gen/sdk.gen";
import type { AdminKind } from "../../api/gen/types.gen";
import { Refusal } from "../../parts/Refusal";
import { minute } from "../../parts/time";

export function Conflict({ error, kind, subject, onReload }: { error: unknown; kind: AdminKind; subject?: string; onReload: () => void }) {
  const { t, i18n } = useTranslation("admin");
  const met = error instanceof Refused && error.code === "changed-meanwhile";
  const last = useQuery({
    queryKey: ["administration", "last", kind, subject, error instanceof Refused ? error.problem.request : ""],
    queryFn: () => answer(listAdministration({ query: { kind, ...(subject && { subject }), limit: 1 } })),
    enabled: met,
    staleTime: 0,
  });
  if (!met) return <Refusal error={error} />;
  const change = last.data?.changes[0];
  return (
    <Alert
      type="warning" showIcon role="alert"
      title={change ? t("conflict", { who: change.byName, at: minute(change.at) }) : (error as Refused).sentence(i18n.language)}
      description={t("conflictWhy")}
      action={<Button size="small" onClick={onReload}>{t("reload")}</Button>}
    />
  );
}
