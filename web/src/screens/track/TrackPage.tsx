// How far is my case? Number and code lead in; nothing is kept but in this tab.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Refused } from "../../api/client";
import { Refusal } from "../../parts/Refusal";
import { Enter } from "./Enter";
import { MyCase } from "./MyCase";
import { Shell } from "./Shell";
import { Locked, cleanCode, keepPass, keptPass, look } from "./pass";
import type { Pass } from "./pass";

/** The code of a scanned receipt stands behind the #: it is taken into this tab and out of the address. */
function scanned(number: string | undefined): Pass | undefined {
  const code = cleanCode(location.hash.slice(1));
  if (!code) return undefined;
  history.replaceState(history.state, "", location.pathname + location.search);
  return number ? { number, code } : undefined;
}

export default function TrackPage() {
  const { t } = useTranslation("track");
  const { case: asked } = useSearch({ strict: false }) as { case?: string };
  const cache = useQueryClient();
  const [pass, setPass] = useState<Pass | undefined>(() => {
    const fresh = scanned(asked);
    if (fresh) keepPass(fresh);
    const kept = keptPass();
    return kept && (!asked || kept.number === asked) ? kept : undefined;
  });
  const view = useQuery({
    queryKey: ["track", pass?.number, pass?.code],
    queryFn: () => look(pass!),
    enabled: !!pass,
    retry: (n, e) => n < 2 && !(e instanceof Locked) && !(e instanceof Refused && e.status > 0 && e.status < 500),
    // Nobody tells a page without an account that something happened: it asks now and then.
    refetchInterval: 60_000,
  });
  const leave = () => {
    keepPass(undefined);
    setPass(undefined);
    cache.removeQueries({ queryKey: ["track"] });
  };
  const wrong = view.error instanceof Refused && view.error.status === 401;
  if (!pass || wrong || view.error instanceof Locked) {
    return (
      <Shell title={t("title")}>
        <Enter
          number={pass?.number ?? asked ?? ""}
          wrong={wrong}
          locked={view.error instanceof Locked ? view.error.until : undefined}
          onEnter={(p) => {
            keepPass(p);
            cache.removeQueries({ queryKey: ["track"] });
            setPass(p);
          }}
        />
      </Shell>
    );
  }
  return (
    <Shell title={t("title")} onLeave={leave}>
      {view.data ? <MyCase pass={pass} view={view.data} /> : view.error ? <Refusal error={view.error} /> : <Skeleton active paragraph={{ rows: 8 }} />}
    </Shell>
  );
}
