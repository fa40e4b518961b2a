// Figures as they are written, and which of them the dashboard begins with.
import type { Figure, FigureValue, ReportRow } from "../../api/gen/types.gen";
import { monthWithin } from "../../parts/period";
import type { Period } from "../../parts/period";

/** Where a figure leads: the period, the organisation and the item it was counted over. */
export interface Over extends Period {
  org?: string;
  item?: string;
}

/** Shown large, in this order; the others are in the table. */
export const headline = ["received", "accepted", "concluded", "onPromise", "onLaw", "netDays", "corrected", "visits", "warnings", "yellow", "red"];

/** A value as it is written; a share of nothing has none. */
export function written(figure: Figure, value: FigureValue | undefined): string {
  if (value?.value === undefined) return "—";
  switch (figure.kind) {
    case "share":
      return value.value.toFixed(value.value === 100 ? 0 : 1) + "%";
    case "average":
      return value.value.toFixed(1);
    case "count":
      return value.value.toLocaleString("en-US");
  }
}

export function valueOf(row: ReportRow | undefined, figure: string): FigureValue | undefined {
  return row?.values.find((v) => v.figure === figure);
}

/** What a row of a divided report was counted over. */
export function overRow(over: Over, by: "org" | "item" | "month", key: string | undefined): Over {
  if (!key) return over;
  switch (by) {
    case "org":
      return { ...over, org: key };
    case "item":
      return { ...over, item: key };
    case "month":
      return { ...over, ...monthWithin(key, over) };
  }
}

/** Beside the chart of a year. */
export const trendFigures = ["received", "accepted", "concluded", "onPromise", "onLaw"];
