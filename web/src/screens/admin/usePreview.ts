// The letter a text makes, asked for when somebody stops typing; while the text has faults, the last one that was whole.
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Refused, answer } from "../../api/client";
import { client } from "../../api/gen/client.gen";
import type { Finding } from "../../api/gen/types.gen";

/** How long one waits for the next key, in ms. */
const calm = 500;

export type PreviewForm = "html" | "pdf";

/** The letter as the server makes it of a text. */
export function drawn<T extends string | Blob>(kind: string, source: string, form: PreviewForm): Promise<T> {
  return answer(client.post<T, unknown>({
    url: "/v1/letter-templates/{kind}/preview", path: { kind }, body: { source, form }, headers: { "Content-Type": "application/json" }, parseAs: form === "html" ? "text" : "blob",
  }) as Promise<{ data?: T; error?: unknown; response?: Response }>);
}

export function usePreview(kind: string, source: string): { html: string | undefined; findings: Finding[]; busy: boolean; now: () => void } {
  const cache = useQueryClient();
  const [asked, setAsked] = useState(source);
  const [whole, setWhole] = useState<string>();
  useEffect(() => {
    const later = setTimeout(() => setAsked(source), calm);
    return () => clearTimeout(later);
  }, [source]);
  const found = useQuery({
    queryKey: ["letter-templates", kind, "preview", asked],
    // Faults of the text are what one looks for: no error of the screen.
    queryFn: async (): Promise<{ html: string; findings: Finding[] }> => {
      try {
        return { html: await drawn<string>(kind, asked, "html"), findings: [] };
      } catch (e) {
        if (e instanceof Refused && e.problem.findings) return { html: "", findings: e.problem.findings };
        throw e;
      }
    },
    staleTime: Infinity, gcTime: 60_000, placeholderData: keepPreviousData,
  });
  const html = found.data?.html;
  useEffect(() => {
    if (html) setWhole(html);
  }, [html]);
  return {
    html: html || whole,
    findings: found.data?.findings ?? [],
    busy: found.isFetching,
    now: () => { setAsked(source); void cache.invalidateQueries({ queryKey: ["letter-templates", kind, "preview"] }); },
  };
}
