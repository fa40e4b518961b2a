// What the administration reads.
import { queryOptions } from "@tanstack/react-query";
import { answer } from "../../api/client";
import { getLetterTemplate, getOrganisation, getPerson, getSupervision, getSupervisionSettings, listCalendars, listGaps, listItems, listLetterTemplates, listWindows } from "../../api/gen/sdk.gen";

export { orgsQuery } from "../../parts/OrgPick";

export const orgQuery = (code: string) => queryOptions({ queryKey: ["organisations", code], queryFn: () => answer(getOrganisation({ path: { code } })) });
export const personQuery = (id: string) => queryOptions({ queryKey: ["people", "one", id], queryFn: () => answer(getPerson({ path: { id } })) });
export const gapsQuery = queryOptions({ queryKey: ["parties", "gaps"], queryFn: () => answer(listGaps({})) });
export const windowsQuery = (hall?: string) => queryOptions({ queryKey: ["windows", hall ?? ""], queryFn: () => answer(listWindows({ query: hall ? { hall } : {} })) });
export const itemsQuery = queryOptions({ queryKey: ["items", "names"], queryFn: () => answer(listItems()), staleTime: 300_000 });
export const rulesQuery = queryOptions({ queryKey: ["supervision", "rules"], queryFn: () => answer(getSupervision()) });
export const settingsQuery = queryOptions({ queryKey: ["supervision", "settings"], queryFn: () => answer(getSupervisionSettings()) });

export const templatesQuery = queryOptions({ queryKey: ["letter-templates"], queryFn: () => answer(listLetterTemplates()) });
export const templateQuery = (kind: string) => queryOptions({ queryKey: ["letter-templates", kind], queryFn: () => answer(getLetterTemplate({ path: { kind } })) });

/** A load is told to open cases one by one: it is asked after while some are left. */
export const calendarsQuery = queryOptions({
  queryKey: ["calendars"],
  queryFn: () => answer(listCalendars()),
  refetchInterval: (q) => (q.state.data?.loads.some((l) => !l.doneAt && l.open > 0) ? 1500 : false),
});

export const roles = ["clerk", "handle", "check", "approve", "lead", "organ-head", "government-head", "supervisor", "analyst", "publisher", "admin", "operator"];
