// Warning, yellow card, red card: a shape, a colour and a word.
import { FlagFilled, StopFilled, WarningFilled } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { CardStatus } from "../../api/gen/types.gen";
import { Mark } from "../../parts/Mark";
import type { Tone } from "../../parts/Mark";

const looks = [
  { color: "#1d4f91", Icon: WarningFilled },
  { color: "#7a4100", Icon: FlagFilled },
  { color: "#a8071a", Icon: StopFilled },
];

export function CardLevel({ level }: { level: number }) {
  const { t } = useTranslation("supervise");
  const { color, Icon } = looks[level - 1] ?? looks[0]!;
  return <span style={{ color, fontWeight: level > 1 ? 600 : undefined, whiteSpace: "nowrap" }}><Icon aria-hidden /> {t(`level.${level}`)}</span>;
}

const tones: Record<CardStatus, Tone> = { raised: "warn", explained: "info", confirmed: "bad", appealed: "info", upheld: "bad", lifted: "plain" };

export function CardState({ status, gone }: { status: CardStatus; gone?: boolean | undefined }) {
  const { t } = useTranslation("supervise");
  return gone ? <Mark>{t("gone")}</Mark> : <Mark tone={tones[status]}>{t(`status.${status}`)}</Mark>;
}
