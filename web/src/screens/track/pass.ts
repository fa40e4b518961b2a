// What lets an applicant in: number and code of the receipt, kept while this tab is open and nowhere else.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { Refused, answer, newKey } from "../../api/client";
import { client } from "../../api/gen/client.gen";
import { track, trackCommand, trackUpload } from "../../api/gen/sdk.gen";
import type { Command, Done, File as Stored, Pending, TrackView } from "../../api/gen/types.gen";

export interface Pass {
  number: string;
  code: string;
}

const place = "lianban.track";

export function keptPass(): Pass | undefined {
  try {
    const p = JSON.parse(sessionStorage.getItem(place) ?? "null") as Pass | null;
    return p?.number && p.code ? p : undefined;
  } catch {
    return undefined;
  }
}

export function keepPass(p: Pass | undefined): void {
  if (p) sessionStorage.setItem(place, JSON.stringify(p));
  else sessionStorage.removeItem(place);
}

/** Codes are printed in groups and read aloud: blanks, dashes and small letters are no mistakes. */
export function cleanCode(typed: string): string {
  const letters = typed.toUpperCase().replace(/[^0-9A-Z]/g, "");
  return letters.replace(/(.{4})(?=.)/g, "$1-");
}

export const header = (p: Pass) => `${p.number} ${p.code}`;

/** Too many wrong codes: when it may be tried again. */
export class Locked extends Error {
  constructor(readonly until: Date) {
    super("locked");
  }
}

/** It was received, and is not decided yet. */
export class Waiting extends Error {}

export async function look(p: Pass): Promise<TrackView> {
  const got = await track({ auth: header(p) }).catch(() => undefined);
  if (got?.response?.status === 429) {
    throw new Locked(new Date(Date.now() + 1000 * Number(got.response.headers.get("Retry-After") ?? 60)));
  }
  return answer(got ? Promise.resolve(got) : Promise.reject(new Error("unreachable")));
}

export const send = (p: Pass, file: globalThis.File): Promise<Stored> => answer(trackUpload({ auth: header(p), body: { file } }));

/** How often and how long an act that is recorded but not decided yet is asked after, in ms. */
const askEvery = 1500;
const askFor = 60_000;

async function decided(p: Pass, key: string): Promise<Command> {
  for (const began = Date.now(); Date.now() - began < askFor; ) {
    await new Promise((go) => setTimeout(go, askEvery));
    const now = await answer(trackCommand({ auth: header(p), path: { key } }));
    if (now.state === "done") return now;
    if (now.state === "refused" && now.problem) throw new Refused(now.problem, now.problem.status);
  }
  throw new Waiting();
}

/** Sends one act of the applicant; a second click and a second try are the same act. */
export function useTrackAct(p: Pass, act: string, onDone?: () => void) {
  const cache = useQueryClient();
  const key = useRef(newKey());
  return useMutation({
    mutationFn: async (body: Record<string, unknown>) => {
      const got = await answer(
        client.post<Done | Pending, unknown>({
          url: `/v1/track/${act}`,
          security: [{ name: "Lianban-Track", type: "apiKey" }],
          auth: header(p),
          body,
          headers: { "Idempotency-Key": key.current, "Content-Type": "application/json" },
        }) as Promise<{ data?: Done | Pending; error?: unknown; response?: Response }>,
      );
      return "state" in got ? decided(p, got.key) : got;
    },
    onSuccess: () => {
      key.current = newKey();
      void cache.invalidateQueries({ queryKey: ["track", p.number] });
      onDone?.();
    },
    onError: (error) => {
      if (error instanceof Refused && error.status >= 400 && error.status < 500) key.current = newKey();
    },
  });
}
