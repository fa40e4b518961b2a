// What is read of one case. All keys begin with ["case", NUMBER]: one live event makes them stale together.
import { queryOptions } from "@tanstack/react-query";
import { answer } from "../../api/client";
import {
  getCase, getCaseTasks, getClocks, getDossier, getNotices, getPapers, getResults, getTalk, getTimeline, getVersion, getWaitingFor, listLetters,
} from "../../api/gen/sdk.gen";
import type { Definition } from "./definition";

const of = (number: string) => ({ path: { number } });

export const caseQuery = (number: string) => queryOptions({ queryKey: ["case", number, "page"], queryFn: () => answer(getCase(of(number))) });
export const timelineQuery = (number: string) => queryOptions({ queryKey: ["case", number, "timeline"], queryFn: () => answer(getTimeline(of(number))) });
export const clocksQuery = (number: string) => queryOptions({ queryKey: ["case", number, "clocks"], queryFn: () => answer(getClocks(of(number))) });
export const papersQuery = (number: string) => queryOptions({ queryKey: ["case", number, "papers"], queryFn: () => answer(getPapers(of(number))) });
export const caseTasksQuery = (number: string) => queryOptions({ queryKey: ["case", number, "tasks"], queryFn: () => answer(getCaseTasks(of(number))) });
export const noticesQuery = (number: string) => queryOptions({ queryKey: ["case", number, "notices"], queryFn: () => answer(getNotices(of(number))) });
export const resultsQuery = (number: string) => queryOptions({ queryKey: ["case", number, "results"], queryFn: () => answer(getResults(of(number))) });
export const dossierQuery = (number: string) => queryOptions({ queryKey: ["case", number, "dossier"], queryFn: () => answer(getDossier(of(number))) });
export const talkQuery = (number: string) => queryOptions({ queryKey: ["case", number, "talk"], queryFn: () => answer(getTalk(of(number))) });
export const waitsQuery = (number: string) => queryOptions({ queryKey: ["case", number, "waits"], queryFn: () => answer(getWaitingFor(of(number))) });
export const lettersQuery = (number: string) => queryOptions({ queryKey: ["case", number, "letters"], queryFn: () => answer(listLetters(of(number))) });

/** A published version never changes: it is read once. */
export const versionQuery = (item: string, version: string) =>
  queryOptions({
    queryKey: ["items", item, "version", version],
    queryFn: async () => (await answer(getVersion({ path: { item, version } }))).definition as unknown as Definition,
    staleTime: Infinity,
  });
