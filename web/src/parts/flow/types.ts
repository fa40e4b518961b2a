// The process of a definition as the server draws it (definition.Flow), and how a screen paints it.

export interface Words {
  zh: string;
  en: string;
}

export interface FlowNode {
  id: string;
  role: "start" | "end" | "step" | "group" | "fork" | "join";
  /** The step it stands for; of a fork or join, its block. */
  step?: string;
  kind?: string;
  kindName?: Words;
  name: Words;
  party?: string;
  partyName?: string;
  /** The group it stands in. */
  parent?: string;
  branch?: boolean;
  depth: number;
  /** The condition in words; left out: always. */
  when?: Words;
  expr?: string;
  optional?: boolean;
  limit?: { times: { period: string; text: Words; when?: Words }[] };
  objection?: Words;
  gives?: string[];
}

export interface FlowEdge {
  from: string;
  to: string;
  kind: "then" | "after" | "needs" | "back";
  /** The output an after edge waits for. */
  of?: string;
  when?: Words;
}

export interface FlowGraph {
  nodes: FlowNode[];
  edges: FlowEdge[];
}

/** How a node is painted: each tone has a colour, a line and a sign of its own, and a word is always said with it. */
export type Tone = "plain" | "waiting" | "open" | "late" | "done" | "negative" | "absent" | "full" | "half" | "missed";

export interface NodePaint {
  tone: Tone;
  /** What the tone means here, in the language of the screen: 办理中, 同意, 未覆盖 …; empty with plain alone. */
  word: string;
  /** More of it, for the tooltip and for those who listen. */
  detail?: string;
  /** Something is wrong there: a mark with this text. */
  problem?: string;
}

/** By step id. A block's paint is that of its frame. */
export type FlowPaint = Record<string, NodePaint>;

export type Direction = "LR" | "TB";
