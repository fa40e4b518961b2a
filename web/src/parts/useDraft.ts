// Half-written work, kept on the server under the account: a reload, a crash or another desk lose nothing.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { Refused, answer } from "../api/client";
import { dropDraft, getDraft, saveDraft } from "../api/gen/sdk.gen";

export type DraftState = "clean" | "saving" | "saved" | "conflict" | "failed";

/** How long one waits for the next key before saving, in ms. */
const calm = 700;

export interface Draft<T> {
  /** What is written; undefined while it is being read. */
  value: T | undefined;
  set: (change: (now: T) => T) => void;
  state: DraftState;
  error: unknown;
  /** Saves over what another page of the same account has saved meanwhile. */
  overwrite: () => void;
  /** Throws it away: it has been sent. */
  drop: () => Promise<void>;
}

async function read<T>(name: string): Promise<{ version: number; body: T | undefined }> {
  try {
    const d = await answer(getDraft({ path: { name } }));
    return { version: d.version, body: d.body as T };
  } catch (e) {
    if (e instanceof Refused && e.status === 404) return { version: 0, body: undefined };
    throw e;
  }
}

/** fresh: its name was made just now, so there is nothing to read yet. */
export function useDraft<T extends object>(name: string, empty: T, fresh = false): Draft<T> {
  const cache = useQueryClient();
  const [value, setValue] = useState<T>();
  const [state, setState] = useState<DraftState>("clean");
  const kept = useRef({ version: 0, value: undefined as T | undefined, dirty: false, gone: false, busy: false, timer: undefined as ReturnType<typeof setTimeout> | undefined });
  const first = useQuery({ queryKey: ["draft", name], queryFn: () => (fresh ? { version: 0, body: undefined } : read<T>(name)), staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false });

  useEffect(() => {
    if (!first.data || kept.current.value !== undefined) return;
    kept.current.version = first.data.version;
    kept.current.value = { ...empty, ...first.data.body };
    setValue(kept.current.value);
    // What a draft begins with is told once, when it is opened.
  }, [first.data]);

  const save = useCallback(
    async (leaving = false) => {
      const k = kept.current;
      clearTimeout(k.timer);
      if (!k.dirty || k.gone || k.busy || k.value === undefined) return;
      k.dirty = false;
      k.busy = true;
      setState("saving");
      try {
        const d = await answer(
          saveDraft({ path: { name }, body: { version: k.version, body: k.value as Record<string, unknown> }, ...(leaving ? { keepalive: true } : {}) }),
        );
        k.version = d.version;
        setState("saved");
      } catch (e) {
        k.dirty = true;
        setState(e instanceof Refused && e.code === "version-exists" ? "conflict" : "failed");
        k.busy = false;
        return;
      }
      k.busy = false;
      // Something was written while it was being saved.
      if (k.dirty) void save();
    },
    [name],
  );

  const set = useCallback(
    (change: (now: T) => T) => {
      const k = kept.current;
      if (k.value === undefined) return;
      const next = change(k.value);
      if (next === k.value) return;
      k.value = next;
      k.dirty = true;
      setValue(next);
      clearTimeout(k.timer);
      k.timer = setTimeout(() => void save(), calm);
    },
    [save],
  );

  useEffect(() => {
    const leave = () => void save(true);
    const hidden = () => document.visibilityState === "hidden" && leave();
    addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      removeEventListener("pagehide", leave);
      document.removeEventListener("visibilitychange", hidden);
      void save().then(() => cache.invalidateQueries({ queryKey: ["drafts"] }));
    };
  }, [save, cache]);

  const overwrite = useCallback(() => {
    void read(name).then(
      ({ version }) => {
        kept.current.version = version;
        void save();
      },
      () => setState("failed"),
    );
  }, [name, save]);

  const drop = useCallback(async () => {
    kept.current.gone = true;
    clearTimeout(kept.current.timer);
    await answer(dropDraft({ path: { name } }));
    void cache.invalidateQueries({ queryKey: ["drafts"] });
  }, [name, cache]);

  return { value, set, state, error: first.error, overwrite, drop };
}
