// Half-written acts: kept in this browser while one writes, and on the server so that another machine has them, too.
import { useCallback, useEffect, useRef } from "react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Refused, answer } from "../../api/client";
import { dropDraft, getDraft, saveDraft } from "../../api/gen/sdk.gen";
import type { Drafts } from "../../parts/acts/ActBar";
import type { Values } from "../../parts/acts/body";

/** A pause in typing after which a draft goes to the server, in ms. */
const rest = 1200;

/** The name of the drafts of one task: cases and tasks have long names, a draft's is short. */
export function draftName(number: string, task: string): string {
  return `task.${number}.${task}`.replace(/[^A-Za-z0-9._-]/g, "_");
}

/** Undefined while they are read: a form opened before would begin empty, and what is typed into it would replace them. */
export function useActDrafts(number: string, task: string): Drafts | undefined {
  const name = draftName(number, task);
  const cache = useQueryClient();
  const key = ["draft", name];
  const { data, isPending } = useQuery({
    queryKey: key,
    queryFn: async () => {
      try {
        return await answer(getDraft({ path: { name } }));
      } catch (e) {
        if (e instanceof Refused && e.status === 404) return null;
        throw e;
      }
    },
    staleTime: Infinity,
    retry: false,
  });
  const body = useRef<Record<string, Values>>({});
  const version = useRef(0);
  useEffect(() => {
    if (data) {
      body.current = { ...(data.body as Record<string, Values>), ...body.current };
      version.current = data.version;
    }
  }, [data]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const send = useCallback(async () => {
    try {
      if (Object.keys(body.current).length === 0) {
        if (version.current > 0) await answer(dropDraft({ path: { name } }));
        version.current = 0;
        cache.setQueryData(["draft", name], null);
        return;
      }
      const saved = await answer(saveDraft({ path: { name }, body: { version: version.current, body: body.current } }));
      version.current = saved.version;
      cache.setQueryData(["draft", name], saved);
    } catch (e) {
      // Another tab has saved meanwhile: its version is taken, what is typed here stays.
      if (e instanceof Refused && e.status === 409) void cache.invalidateQueries({ queryKey: ["draft", name] });
    }
  }, [cache, name]);
  useEffect(() => () => {
    if (timer.current) {
      clearTimeout(timer.current);
      void send();
    }
  }, [send]);
  if (isPending) return undefined;
  return {
    get: (act) => body.current[act] ?? (data?.body as Record<string, Values> | undefined)?.[act],
    keep: (act, values) => {
      const next = { ...body.current };
      if (values) next[act] = values;
      else delete next[act];
      body.current = next;
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        timer.current = undefined;
        void send();
      }, rest);
    },
  };
}
