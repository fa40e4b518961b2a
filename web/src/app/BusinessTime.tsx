// Business time, where it is ahead of real time or can be moved (trials and tests): everybody must see that.
import { ClockCircleOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Dropdown } from "antd";
import { useTranslation } from "react-i18next";
import { answer, newKey } from "../api/client";
import { advanceClock, getClock } from "../api/gen/sdk.gen";
import { useRefusal } from "../parts/Refusal";
import { minute } from "../parts/time";

export const clockQuery = { queryKey: ["clock"], queryFn: () => answer(getClock()), staleTime: 60_000 };

const hour = 3600;
const steps = [
  { key: "hour", by: hour },
  { key: "day", by: 24 * hour },
  { key: "week", by: 7 * 24 * hour },
] as const;

export function BusinessTime() {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const refuse = useRefusal();
  const { data } = useQuery(clockQuery);
  const move = useMutation({
    mutationFn: (by: number) => answer(advanceClock({ headers: { "Idempotency-Key": newKey() }, body: { by } })),
    onSuccess: () => void cache.invalidateQueries(),
    onError: refuse,
  });
  if (!data || (!data.offset && !data.movable)) return null;
  const label = (
    <>
      <ClockCircleOutlined aria-hidden /> <span className="number">{minute(data.now)}</span>
    </>
  );
  const look = { color: data.offset ? "#ffd666" : "#c9d4e6" };
  if (!data.movable) return <span style={look} title={t("clock.moved")}>{label}</span>;
  return (
    <Dropdown trigger={["click"]} menu={{ items: [
      { key: "why", disabled: true, label: t("clock.why") },
      ...steps.map((s) => ({ key: s.key, label: t(`clock.${s.key}`), onClick: () => move.mutate(s.by) })),
    ] }}>
      <Button type="text" size="small" style={look} loading={move.isPending} title={data.offset ? t("clock.moved") : t("clock.why")}>{label}</Button>
    </Dropdown>
  );
}
