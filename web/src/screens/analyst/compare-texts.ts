// The texts that can be laid side by side: versions of an item and drafts.
import { infiniteQueryOptions } from "@tanstack/react-query";
import { answer } from "../../api/client";
import { getDefinitionDraft, getItemHistory, getVersion, listDefinitionDrafts } from "../../api/gen/sdk.gen";

const draftSign = "draft:";

export const isDraft = (name: string) => name.startsWith(draftSign);
export const draftName = (id: string) => draftSign + id;

/** The text of a version or a draft (`draft:ID`). */
export const textQuery = (item: string, name: string | undefined) => ({
  queryKey: ["definition-text", item, name],
  queryFn: async (): Promise<string> => {
    if (isDraft(name!)) return (await answer(getDefinitionDraft({ path: { draft: name!.slice(draftSign.length) } }))).text ?? "";
    return (await answer(getVersion({ path: { item, version: name! } }))).source;
  },
  enabled: !!name,
});

export const historyQuery = (item: string) => ({
  queryKey: ["items", item, "history"],
  queryFn: async () => (await answer(getItemHistory({ path: { item } }))).versions,
  enabled: !!item,
});

/** Drafts that are not published yet, a page of them at a time, those changed last first. */
export const draftsQuery = infiniteQueryOptions({
  queryKey: ["items", "drafts"],
  queryFn: ({ pageParam }) => answer(listDefinitionDrafts({ query: pageParam ? { cursor: pageParam } : {} })),
  initialPageParam: "",
  getNextPageParam: (last) => last.next || undefined,
  // One that was saved while pages were turned stands on two of them.
  select: ({ pages }) => [...new Map(pages.flatMap((p) => p.drafts).map((d) => [d.id, d])).values()],
});
