// One filing: questions, one form, papers, on one page, by keyboard from top to bottom. What is written is a
// draft on the server at once.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";
import { Refused, answer, newKey } from "../../api/client";
import { getGuide, startCase } from "../../api/gen/sdk.gen";
import type { Start } from "../../api/gen/types.gen";
import { Broken, Loading } from "../../parts/States";
import { useDraft } from "../../parts/useDraft";
import { FilingForm } from "./FilingForm";
import { Receipt } from "./Receipt";
import { emptyFiling } from "./filing";
import type { Filing } from "./filing";
import { guideOf } from "./guide";
import "./filing.css";

/** Drafts of filings are named by item and by a number of their own: several applicants may be waiting. */
export const draftName = (item: string, id: string) => `window:${item}:${id}`;

export default function FilingPage() {
  const { item } = useParams({ strict: false }) as { item: string };
  const { draft } = useSearch({ strict: false }) as { draft?: string };
  const go = useNavigate();
  const [fresh] = useState(() => newKey().slice(0, 12));
  const [begun] = useState(!draft);
  const id = draft ?? fresh;
  useEffect(() => {
    // The address names the draft, so that a reload finds it.
    if (!draft) void go({ to: `/window/${item}` as string, search: { draft: fresh } as never, replace: true });
  }, [draft, fresh, go, item]);
  return <Filing_ key={item + id} item={item} id={id} fresh={begun && id === fresh} />;
}

interface Done {
  started: Awaited<ReturnType<typeof send>>;
  applicant: string;
  papers: string[];
  missing: string[];
}

const send = (body: Start, key: string) => answer(startCase({ body, headers: { "Idempotency-Key": key } }));

function Filing_({ item, id, fresh }: { item: string; id: string; fresh: boolean }) {
  const cache = useQueryClient();
  const guide = useQuery({ queryKey: ["items", item, "guide"], queryFn: () => answer(getGuide({ path: { item } })), staleTime: 5 * 60_000 });
  const draft = useDraft<Filing>(draftName(item, id), emptyFiling, fresh);
  const [done, setDone] = useState<Done>();
  // One filing is one case, however often it is sent, also after a reload: its key comes from the draft.
  const key = `window-${id}-${draft.value?.refusals ?? 0}`;
  const start = useMutation({
    mutationFn: ({ body }: { body: Start; applicant: string; papers: string[]; missing: string[] }) => send(body, key),
    onSuccess: (started, { applicant, papers, missing }) => {
      setDone({ started, applicant, papers, missing });
      void draft.drop();
      void cache.invalidateQueries({ queryKey: ["cases"] });
    },
    onError: (error) => {
      // A refusal has used the key up; silence has not.
      if (error instanceof Refused && error.status >= 400 && error.status < 500) draft.set((f) => ({ ...f, refusals: f.refusals + 1 }));
    },
  });
  const submit = useCallback((x: { body: Start; applicant: string; papers: string[]; missing: string[] }) => !start.isPending && start.mutate(x), [start]);
  if (guide.error) return <Broken error={guide.error} again={() => void guide.refetch()} />;
  if (draft.error) return <Broken error={draft.error} />;
  if (!guide.data || !draft.value) return <Loading />;
  const whole = guideOf(guide.data);
  if (done) return <Receipt {...done} itemName={whole.name} />;
  return <FilingForm item={item} guide={whole} draft={draft} filing={draft.value} busy={start.isPending} refused={start.error} onSubmit={submit} />;
}
