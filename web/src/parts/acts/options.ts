// The acts of a task or case, as the engine judges them for whoever is signed in.
import { queryOptions } from "@tanstack/react-query";
import { answer } from "../../api/client";
import { getCaseActs, getTaskActs } from "../../api/gen/sdk.gen";

export const taskActsQuery = (number: string, task: string) =>
  queryOptions({ queryKey: ["case", number, "acts", task], queryFn: async () => (await answer(getTaskActs({ path: { number, task } }))).acts });

/** Acts that name no task; step: only as acts on this step. */
export const caseActsQuery = (number: string, step?: string) =>
  queryOptions({
    queryKey: ["case", number, "acts", "", step],
    queryFn: async () => (await answer(getCaseActs({ path: { number }, query: step ? { step } : {} }))).acts,
  });
