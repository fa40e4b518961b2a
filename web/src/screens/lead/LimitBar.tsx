// How much of a limit is used: a bar, and the same in words.
import { Progress } from "antd";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { ClockView } from "../../api/gen/types.gen";
import { Due } from "../../parts/Light";
import type { LightName } from "../../parts/Light";
import { day, periodWords } from "../../parts/time";
import { usedDays } from "./lanes";

const colors: Record<string, string> = { green: "#237804", yellow: "#945600", red: "#c41d24", grey: "#5c6675" };

export function LimitBar({ view, now, label }: { view: ClockView; now: Date; label: string }) {
  const { t } = useTranslation("lead");
  const { clock } = view;
  const until = clock.endedAt ? new Date(clock.endedAt) : now;
  const used = usedDays(view.lines, day(until));
  const light = (view.light ?? "green") as LightName;
  const words = used ? t("used", { used: used.used, total: used.total }) : t("limit", { period: periodWords(clock.period, t as TFunction) });
  return (
    <div style={{ minWidth: 150 }}>
      {used && <Progress percent={used.percent} size="small" showInfo={false} strokeColor={colors[clock.endedAt ? "grey" : light] ?? "#237804"} style={{ margin: 0, lineHeight: 1 }} aria-label={`${label} ${words}`} />}
      <div className="small" style={{ display: "flex", gap: 8, flexWrap: "wrap" }}>
        <span>{words}</span>
        {clock.endedAt ? <span className="muted">{t("ended", { day: day(clock.endedAt) })}</span>
          : <Due due={clock.due} light={light} now={now} provisional={clock.provisional} stopped={light === "grey"} />}
      </div>
    </div>
  );
}
