// Two versions of an item, or a version and a draft, side by side.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Segmented, Select, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { diffVersions } from "../../api/gen/sdk.gen";
import { Broken, Loading, Nothing } from "../../parts/States";
import { MeaningDiff } from "./MeaningDiff";
import { TextDiff } from "./TextDiff";
import "./analyst.css";
import { draftName, draftsQuery, historyQuery, isDraft, textQuery } from "./compare-texts";
import { compareRoute } from "./routes";

export default function ComparePage() {
  const { t } = useTranslation("analyst");
  const { item } = compareRoute.useParams();
  const search = compareRoute.useSearch();
  const navigate = compareRoute.useNavigate();
  const history = useQuery(historyQuery(item));
  const drafts = useInfiniteQuery(draftsQuery);
  if (history.error) return <Broken error={history.error} again={() => void history.refetch()} />;
  if (!history.data) return <Loading />;
  const code = history.data[0]?.version.item;
  const choices = [
    ...(drafts.data ?? []).filter((d) => d.base?.item === item || d.base?.item === code).map((d) => ({ value: draftName(d.id), label: t("compare.draft", { name: d.name }) })),
    ...history.data.map((v) => ({ value: v.version.version, label: t("compare.version", { version: v.version.version }) })),
  ];
  const to = search.to ?? history.data[0]?.version.version;
  const from = search.from ?? history.data[1]?.version.version ?? to;
  const label = (name: string | undefined) => choices.find((c) => c.value === name)?.label ?? name ?? "";
  const pick = (side: "from" | "to", value: string) => void navigate({ search: (s) => ({ ...s, [side]: value }), replace: true });
  return (
    <div className="page rows">
      <div className="page-head">
        <Link to="/items/$item" params={{ item }}>{t("compare.back")}</Link>
        <h1>{t("compare.title")}</h1>
        <Select aria-label={t("compare.from")} style={{ minWidth: 200 }} value={from ?? null} options={choices} onChange={(v) => pick("from", v!)} />
        <span aria-hidden>→</span>
        <Select aria-label={t("compare.to")} style={{ minWidth: 200 }} value={to ?? null} options={choices} onChange={(v) => pick("to", v!)} />
        <Segmented
          aria-label={t("compare.how")} value={search.by ?? "meaning"}
          onChange={(by) => void navigate({ search: ({ by: _, ...s }) => (by === "text" ? { ...s, by: "text" as const } : s), replace: true })}
          options={[{ value: "meaning", label: t("compare.byMeaning") }, { value: "text", label: t("compare.byText") }]}
        />
      </div>
      {!from || !to ? <Nothing text={t("compare.choose")} /> : search.by === "text"
        ? <ByText item={item} from={from} to={to} labels={[label(from), label(to)]} />
        : <ByMeaning item={item} from={from} to={to} />}
    </div>
  );
}

function ByMeaning({ item, from, to }: { item: string; from: string; to: string }) {
  const diff = useQuery({ queryKey: ["items", item, "diff", from, to], queryFn: () => answer(diffVersions({ path: { item }, query: { from, to } })), staleTime: isDraft(from) || isDraft(to) ? 0 : Infinity });
  if (diff.error) return <Broken error={diff.error} again={() => void diff.refetch()} />;
  return diff.data ? <MeaningDiff diff={diff.data} /> : <Skeleton active />;
}

function ByText({ item, from, to, labels }: { item: string; from: string; to: string; labels: [string, string] }) {
  const { t } = useTranslation("analyst");
  const old = useQuery(textQuery(item, from));
  const now = useQuery(textQuery(item, to));
  const error = old.error ?? now.error;
  if (error) return <Broken error={error} again={() => void (old.error ? old : now).refetch()} />;
  if (old.data === undefined || now.data === undefined) return <Skeleton active />;
  return old.data === "" || now.data === "" ? <Nothing text={t("compare.noSource")} /> : <TextDiff from={old.data} to={now.data} labels={labels} />;
}
