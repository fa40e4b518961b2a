// The text as it is being written against a version or what is saved: by meaning and line by line.
import { useQuery } from "@tanstack/react-query";
import { Select, Segmented, Skeleton, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer } from "../../../api/client";
import { diffDefinitions } from "../../../api/gen/sdk.gen";
import type { DefinitionDraft } from "../../../api/gen/types.gen";
import { Broken, Nothing } from "../../../parts/States";
import { MeaningDiff } from "../MeaningDiff";
import { TextDiff } from "../TextDiff";
import { historyQuery, textQuery } from "../compare-texts";
import { useSettled } from "./useCheck";

const saved = ":saved";

export function ComparePane({ draft, item, text, dirty, first, onGo }: {
  draft: DefinitionDraft;
  /** Code of the item the text is of. */
  item: string;
  text: string;
  dirty: boolean;
  /** What to compare with at first: after a conflict, what is saved. */
  first?: string;
  onGo: (line: number, column: number) => void;
}) {
  const { t } = useTranslation("analyst");
  const of = draft.base?.item ?? item;
  const versions = useQuery({ ...historyQuery(of), retry: false });
  const [by, setBy] = useState<"meaning" | "text">("meaning");
  const [chosen, setChosen] = useState(first);
  const against = chosen ?? draft.base?.version ?? versions.data?.[0]?.version.version ?? saved;
  const version = useQuery(textQuery(of, against === saved ? undefined : against));
  const old = against === saved ? draft.text : version.data;
  const now = useSettled(text, 600);
  const diff = useQuery({
    queryKey: ["definition-diff", old, now],
    queryFn: () => answer(diffDefinitions({ body: { from: old!, to: now } })),
    enabled: old !== undefined && by === "meaning",
    staleTime: Infinity,
    gcTime: 10_000,
  });
  const name = (v: string) => (v === saved ? t("compare.saved") : t("compare.version", { version: v }));
  const error = version.error ?? (by === "meaning" ? diff.error : undefined);
  return (
    <div className="rows pane-scroll">
      <Space wrap>
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
        <Segmented aria-label={t("compare.how")} value={by} onChange={setBy} options={[{ value: "meaning", label: t("compare.byMeaning") }, { value: "text", label: t("compare.byText") }]} />
      </Space>
      {error ? <Broken error={error} again={() => void (version.error ? version : diff).refetch()} />
        : old === undefined ? <Skeleton active />
        : old === "" && against !== saved ? <Nothing text={t("compare.noSource")} />
        : by === "text" ? <TextDiff from={old} to={now} unified labels={[name(against), t("compare.now")]} />
        : diff.data ? <MeaningDiff diff={diff.data} onGo={onGo} /> : <Skeleton active />}
    </div>
  );
}
