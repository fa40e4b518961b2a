// Temporal's own page of a case, for operators; where the installation names none there is nothing to show.
import { ExportOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { getSettings } from "../../api/gen/sdk.gen";
import { has, useAccount } from "../../app/session";

export function TemporalLink({ number }: { number: string }) {
  const { t } = useTranslation("case");
  const operator = has(useAccount(), "operator");
  const { data } = useQuery({ queryKey: ["settings"], queryFn: () => answer(getSettings()), staleTime: Infinity, enabled: operator });
  if (!operator || !data?.temporalCases) return null;
  return <a href={data.temporalCases + encodeURIComponent(number)} target="_blank" rel="noreferrer">{t("temporal")} <ExportOutlined aria-hidden /></a>;
}
