// The text as it is being written against a version or what is saved: line by line.
import { useQuery } from "@tanstack/react-query";
import { Select, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DefinitionDraft } from "../../../api/gen/types.gen";
import { Broken, Nothing } from "../../../parts/States";
import { TextDiff } from "../TextDiff";
import { historyQuery, textQuery } from "../compare-texts";
import { useSettled } from "./useCheck";

const saved = ":saved";

export function ComparePane({ draft, item, text, dirty, first }: {
  draft: DefinitionDraft;
  /** Code of the item the text is of. */
  item: string;
  text: string;
  dirty: boolean;
  /** What to compare with at first: after a conflict, what is saved. */
  first?: string;
}) {
  const { t } = useTranslation("analyst");
  const of = draft.base?.item ?? item;
  const versions = useQuery({ ...historyQuery(of), retry: false });
  const [chosen, setChosen] = useState(first);
  const against = chosen ?? draft.base?.version ?? versions.data?.[0]?.version.version ?? saved;
  const version = useQuery(textQuery(of, against === saved ? undefined : against));
  const old = against === saved ? draft.text : version.data;
  const now = useSettled(text, 600);
  const name = (v: string) => (v === saved ? t("compare.saved") : t("compare.version", { version: v }));
  return (
    <div className="rows pane-scroll">
      <Select
          aria-label={t("compare.against")}
          style={{ minWidth: 220 }}
          value={against}
          onChange={setChosen}
          options={[
            ...(versions.data ?? []).map((v) => ({ value: v.version.version, label: `${name(v.version.version)} · ${t(`versionState.${v.version.state}`)}` })),
            { value: saved, label: dirty ? t("compare.savedNow") : name(saved) },
          ]}
        />
      {version.error ? <Broken error={version.error} again={() => void version.refetch()} />
        : old === undefined ? <Skeleton active />
        : old === "" && against !== saved ? <Nothing text={t("compare.noSource")} />
        : <TextDiff from={old} to={now} unified labels={[name(against), t("compare.now")]} />}
    </div>
  );
}
