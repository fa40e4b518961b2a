// How the kinds of steps look: a sign and a shape each; the word of the kind is always written with them.
import {
  ApiOutlined, AuditOutlined, BankOutlined, BranchesOutlined, CheckCircleFilled, CloseCircleFilled, EnvironmentOutlined,
  ExclamationCircleFilled, ExportOutlined, FileSearchOutlined, FolderOpenOutlined, HourglassOutlined, InboxOutlined, LinkOutlined, MinusCircleOutlined,
  NotificationOutlined, OrderedListOutlined, PieChartFilled, PlayCircleFilled, QuestionCircleFilled, TeamOutlined,
} from "@ant-design/icons";
import type { ComponentType } from "react";
import type { Tone } from "./types";

type Sign = ComponentType<{ "aria-hidden"?: boolean; className?: string }>;

export type Shape = "plain" | "round" | "double" | "slant" | "tag";

const kinds: Record<string, { Sign: Sign; shape: Shape }> = {
  intake: { Sign: InboxOutlined, shape: "tag" },
  review: { Sign: FileSearchOutlined, shape: "round" },
  decide: { Sign: AuditOutlined, shape: "double" },
  issue: { Sign: ExportOutlined, shape: "tag" },
  visit: { Sign: EnvironmentOutlined, shape: "round" },
  hearing: { Sign: TeamOutlined, shape: "round" },
  publicity: { Sign: NotificationOutlined, shape: "slant" },
  pay: { Sign: BankOutlined, shape: "slant" },
  call: { Sign: ApiOutlined, shape: "slant" },
  case: { Sign: FolderOpenOutlined, shape: "slant" },
  parallel: { Sign: BranchesOutlined, shape: "plain" },
  sequence: { Sign: OrderedListOutlined, shape: "plain" },
  include: { Sign: LinkOutlined, shape: "plain" },
};

export const kindLook = (kind: string | undefined) => kinds[kind ?? ""] ?? { Sign: LinkOutlined, shape: "plain" as Shape };

export const toneSigns: Record<Tone, Sign> = {
  plain: HourglassOutlined,
  waiting: HourglassOutlined,
  open: PlayCircleFilled,
  late: ExclamationCircleFilled,
  done: CheckCircleFilled,
  negative: CloseCircleFilled,
  absent: MinusCircleOutlined,
  full: CheckCircleFilled,
  half: PieChartFilled,
  missed: QuestionCircleFilled,
};
