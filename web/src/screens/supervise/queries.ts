// What the screens of supervision read.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answer } from "../../api/client";
import { getAgeing, getReport, getSupervision, listItems } from "../../api/gen/sdk.gen";
import type { AgeingDivision, AgeingOver } from "./ageing";
import type { Over } from "./figures";

export type Division = "org" | "item" | "month";

/** Figures move with every case; a minute old is new enough for a dashboard. */
export function reportQuery(over: Over, by?: Division) {
  return queryOptions({
    queryKey: ["reports", over, by ?? ""],
    queryFn: () => answer(getReport({ query: by ? { ...over, by } : over })),
    staleTime: 60_000,
    refetchInterval: 60_000,
    placeholderData: keepPreviousData,
  });
}

export function ageingQuery(over: AgeingOver, by?: AgeingDivision) {
  return queryOptions({
    queryKey: ["reports", "ageing", over, by ?? ""],
    queryFn: () => answer(getAgeing({ query: by ? { ...over, by } : over })),
    staleTime: 60_000,
    refetchInterval: 60_000,
    placeholderData: keepPreviousData,
  });
}

export const itemsQuery = queryOptions({ queryKey: ["items", "names"], queryFn: () => answer(listItems()), staleTime: 300_000 });

export const rulesQuery = queryOptions({ queryKey: ["supervision", "rules"], queryFn: () => answer(getSupervision()), staleTime: 300_000 });

/** What people do with cards is no event of a case: cards are asked after now and then, in ms. */
export const cardsAge = 15_000;
