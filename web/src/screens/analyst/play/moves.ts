// The moves of a play: kept by the page, sent anew each time.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { answer } from "../../../api/client";
import { playDefinition } from "../../../api/gen/sdk.gen";
import type { PlayMove, Played, PlayedMove } from "../../../api/gen/types.gen";

const place = (id: string) => `lianban.play.${id}`;

function kept(id: string): PlayMove[] {
  try {
    return JSON.parse(sessionStorage.getItem(place(id)) ?? "[]") as PlayMove[];
  } catch {
    return [];
  }
}

export function useMoves(id: string) {
  const [moves, set] = useState(() => kept(id));
  const put = useCallback((next: PlayMove[]) => {
    sessionStorage.setItem(place(id), JSON.stringify(next));
    set(next);
  }, [id]);
  return { moves, put };
}

/** Another move after those that stand: one that was refused is replaced. */
export function after(moves: PlayMove[], played: PlayedMove[] | undefined, next: PlayMove): PlayMove[] {
  const refused = (played ?? []).findIndex((m) => !m.ok);
  return [...(refused < 0 ? moves : moves.slice(0, refused)), next];
}

export function usePlayed(text: string, moves: PlayMove[], enabled = true) {
  return useQuery({
    queryKey: ["definition-play", text, moves],
    queryFn: ({ signal }): Promise<Played> => answer(playDefinition({ body: { text, moves }, signal })),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
    enabled,
  });
}

/** Day and minute as the moves are written, in the hall's time. */
export function moveTime(local: string): string {
  return local.replace(" ", "T");
}

/** The next day at nine. */
export function nextMorning(now: string): string {
  const day = new Date(Date.parse(now) + 8 * 3_600_000 + 86_400_000).toISOString().slice(0, 10);
  return `${day}T09:00`;
}
