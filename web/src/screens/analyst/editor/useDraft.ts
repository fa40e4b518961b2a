// A draft as it is being written: the texts, whether they are saved, and what stays when the page is reloaded.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Refused, answer } from "../../../api/client";
import { getDefinitionDraft, saveDefinitionDraft } from "../../../api/gen/sdk.gen";
import type { DefinitionDraft, DefinitionTest } from "../../../api/gen/types.gen";

export interface Texts {
  text: string;
  tests: DefinitionTest[];
}

export interface Kept extends Texts {
  /** The revision these were written on. */
  revision: number;
}

const place = (id: string) => `lianban.definition-draft.${id}`;

export function kept(id: string): Kept | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(place(id)) ?? "") as Kept;
  } catch {
    return undefined;
  }
}

export const textsOf = (d: DefinitionDraft): Texts => ({ text: d.text ?? "", tests: d.tests ?? [] });

export const sameTexts = (a: Texts, b: Texts): boolean =>
  a.text === b.text && a.tests.length === b.tests.length && a.tests.every((t, i) => t.name === b.tests[i]!.name && t.text === b.tests[i]!.text);

export const draftQuery = (id: string) => ({ queryKey: ["definition-draft", id], queryFn: () => answer(getDefinitionDraft({ path: { draft: id } })) });

export function useDraft(id: string) {
  const cache = useQueryClient();
  const read = useQuery({ ...draftQuery(id), staleTime: 5_000 });
  const server = read.data;
  const [work, setWork] = useState<Kept | undefined>(() => kept(id));
  const [restored, setRestored] = useState(() => work !== undefined);
  const latest = useRef(work);
  latest.current = work;

  // What the server has is shown until somebody types; what was typed on an older revision stays, and
  // saving it tells of the conflict.
  const base = useMemo<Kept | undefined>(() => server && { ...textsOf(server), revision: server.revision }, [server]);
  const now = work ?? base;
  const dirty = !!work && !!base && !sameTexts(work, base);

  useEffect(() => {
    if (work && base && sameTexts(work, base)) {
      sessionStorage.removeItem(place(id));
      setWork(undefined);
      setRestored(false);
    } else if (work) {
      sessionStorage.setItem(place(id), JSON.stringify(work));
    }
  }, [id, work, base]);

  useEffect(() => {
    if (!dirty) return;
    const ask = (e: BeforeUnloadEvent) => e.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [dirty]);

  const change = useCallback(
    (next: Partial<Texts>) => setWork((was) => {
      const from = was ?? base;
      return from && { ...from, ...next };
    }),
    [base],
  );

  const took = useCallback(
    (d: DefinitionDraft) => {
      cache.setQueryData(["definition-draft", id], d);
      void cache.invalidateQueries({ queryKey: ["items"] });
    },
    [cache, id],
  );

  const save = useMutation({
    mutationFn: async (over?: number): Promise<DefinitionDraft | undefined> => {
      const w = latest.current ?? base;
      if (!w || (base && over === undefined && sameTexts(w, base))) return server;
      return answer(saveDefinitionDraft({ path: { draft: id }, body: { revision: over ?? w.revision, text: w.text, tests: w.tests } }));
    },
    onSuccess: (d) => {
      if (!d) return;
      // What was typed while the answer was on its way is still to be saved, on the new revision.
      setWork((was) => was && { ...was, revision: d.revision });
      took(d);
    },
  });
  const conflict = save.error instanceof Refused ? save.error.problem.changed : undefined;

  const discard = useCallback(() => {
    sessionStorage.removeItem(place(id));
    setWork(undefined);
    setRestored(false);
    save.reset();
    void cache.invalidateQueries({ queryKey: ["definition-draft", id] });
  }, [cache, id, save]);

  return { read, server, now, dirty, restored: restored && dirty, change, save, conflict, discard, took, reread: () => read.refetch() };
}
