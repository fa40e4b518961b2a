// What the window reads while a filing is written: what the answers leave of the guide, the papers, and what
// sources offer.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { answer } from "../../api/client";
import { checkPapers, getGuide } from "../../api/gen/sdk.gen";
import { answersTo } from "./filing";
import type { Filing, Question } from "./filing";
import { guideOf } from "./guide";
import type { WindowGuide } from "./guide";


/** What the answers so far leave of the guide. settled: it belongs to these answers. */
export function useLeft(item: string, guide: WindowGuide, answers: Record<string, unknown>): { guide: WindowGuide; settled: boolean } {
  const known = JSON.stringify(answersTo(guide.questions, answers));
  const empty = known === "{}";
  const q = useQuery({
    queryKey: ["items", item, "guide", guide.version, known],
    queryFn: async () => guideOf(await answer(getGuide({ path: { item }, query: { version: guide.version, answers: known } }))),
    enabled: !empty,
    placeholderData: keepPreviousData,
    staleTime: 5 * 60_000,
  });
  if (empty) return { guide, settled: true };
  return { guide: q.data ?? guide, settled: q.isError || (q.isSuccess && !q.isPlaceholderData) };
}

/** Which papers have to be brought with these answers. */
export function useChecklist(item: string, guide: WindowGuide, questions: Question[], filing: Filing, complete: boolean) {
  const answers = answersTo(questions, filing.answers);
  // A condition on a field of the form is rare; then the list follows the form.
  const form = guide.papers.some((p) => /\bform\b/.test((p as { expr?: string }).expr ?? "")) ? filing.form : undefined;
  return useQuery({
    queryKey: ["items", item, "checklist", guide.version, JSON.stringify(answers), filing.applicantId, form],
    queryFn: () =>
      answer(checkPapers({ path: { item }, body: { version: guide.version, channel: "window", answers, ...(filing.applicantId ? { applicantId: filing.applicantId } : {}), ...(form ? { form } : {}) } })),
    enabled: complete,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

/** Answers the sources have about the applicant. */
export function useOffers(item: string, applicantId: string) {
  const { data } = useQuery({
    queryKey: ["items", item, "offers", applicantId],
    queryFn: () => answer(checkPapers({ path: { item }, body: { channel: "window", applicantId } })),
    enabled: applicantId.length >= 6,
    staleTime: 5 * 60_000,
  });
  return data?.offers;
}
