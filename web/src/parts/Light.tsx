// The light of a task or case. Colour alone says nothing to some: shape and word say it, too.
import { CheckCircleFilled, ClockCircleFilled, ExclamationCircleFilled, PauseCircleFilled } from "@ant-design/icons";
import { Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { daysLeft, lastDay, minute } from "./time";

export type LightName = "green" | "yellow" | "red" | "grey";

const looks = {
  green: { color: "#237804", Icon: CheckCircleFilled },
  yellow: { color: "#8a5300", Icon: ClockCircleFilled },
  red: { color: "#c41d24", Icon: ExclamationCircleFilled },
  grey: { color: "#5c6675", Icon: PauseCircleFilled },
};

export function Light({ light, word = true }: { light: LightName; word?: boolean }) {
  const { t } = useTranslation();
  const { color, Icon } = looks[light];
  return (
    <span style={{ color, whiteSpace: "nowrap" }}>
      <Icon aria-hidden={word} aria-label={word ? undefined : t(`light.${light}`)} /> {word && t(`light.${light}`)}
    </span>
  );
}

/** The last day of a time limit, how far off it is, and what is uncertain about it. */
export function Due({ due, light, now, provisional, stopped }: {
  due?: string | undefined;
  light?: LightName | undefined;
  now?: Date | undefined;
  provisional?: boolean | undefined;
  stopped?: boolean | undefined;
}) {
  const { t } = useTranslation();
  if (!due) return <span className="muted">{t("due.none")}</span>;
  const left = now ? daysLeft(due, now) : undefined;
  const tone = looks[stopped ? "grey" : (light ?? "green")];
  return (
    <Tooltip title={t("due.until", { at: minute(due) })}>
      <span className="number">
        <span style={{ color: tone.color, fontWeight: light === "red" ? 600 : undefined }}>
          <tone.Icon aria-hidden /> {lastDay(due)}
        </span>{" "}
        <span className="muted small">
          {stopped ? t("due.stopped") : left === undefined ? "" : left < 0 ? t("due.over", { count: -left }) : left === 0 ? t("due.today") : t("due.left", { count: left })}
          {provisional && " · " + t("due.provisional")}
        </span>
      </span>
    </Tooltip>
  );
}
