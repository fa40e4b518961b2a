// A word in a coloured box that can be read: the preset colours of tags stay below 4.5:1.
import { Tag } from "antd";
import type { ReactNode } from "react";

export type Tone = "good" | "warn" | "bad" | "info" | "plain";

const looks: Record<Tone, { color: string; background: string }> = {
  good: { color: "#135200", background: "#eefbe3" },
  warn: { color: "#7a4100", background: "#fff6d9" },
  bad: { color: "#a8071a", background: "#fff1f0" },
  info: { color: "#0b3d91", background: "#e6f0ff" },
  plain: { color: "#3c4553", background: "#eef0f4" },
};

export function Mark({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) {
  return <Tag variant="filled" style={{ ...looks[tone], border: 0 }}>{children}</Tag>;
}
