// The open cases of an age, the oldest first.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Segmented, Table } from "antd";
import type { TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { getAgeingLines } from "../../api/gen/sdk.gen";
import type { AgeingLine } from "../../api/gen/types.gen";
import { CaseLink } from "../../parts/CaseLink";
import { ExportButtons } from "../../parts/Export";
import { Mark } from "../../parts/Mark";
import { Broken, Loading, Nothing } from "../../parts/States";
import { clean } from "../../parts/search";
import { minute } from "../../parts/time";
import { useBandName } from "./ageing";
import { ageingQuery, itemsQuery } from "./queries";
import { ageingLinesRoute } from "./routes";

export default function AgeingLines() {
  const { t } = useTranslation("supervise");
  const search = ageingLinesRoute.useSearch();
  const { band, ...over } = search;
  const go = ageingLinesRoute.useNavigate();
  const bandName = useBandName();
  const items = useQuery(itemsQuery);
  const whole = useQuery(ageingQuery(over));
  const lines = useInfiniteQuery({
    queryKey: ["reports", "ageing", "lines", search],
    queryFn: ({ pageParam }) => answer(getAgeingLines({ query: { ...search, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } })),
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
    staleTime: 60_000,
  });
  const error = whole.error ?? lines.error;
  if (error) return <Broken error={error} again={() => void (whole.error ? whole : lines).refetch()} />;
  if (!lines.data || !whole.data) return <Loading />;
  const rows = lines.data.pages.flatMap((p) => p.lines);
  const counts = whole.data.rows[0];
  const columns: TableColumnsType<AgeingLine> = [
    { title: t("line.number"), key: "number", width: 370, render: (_, r) => <CaseLink number={r.number} /> },
    { title: t("line.item"), key: "item", render: (_, r) => r.itemName },
    { title: t("ageing.lead"), key: "org", width: 220, render: (_, r) => r.orgName || r.org },
    { title: t("ageing.received"), key: "received", width: 150, render: (_, r) => <span className="number">{minute(r.receivedAt)}</span> },
    { title: t("ageing.accepted"), key: "accepted", width: 150, render: (_, r) => r.acceptedAt ? <span className="number">{minute(r.acceptedAt)}</span> : <span className="muted">{t("ageing.notAccepted")}</span> },
    { title: t("ageing.days"), key: "days", width: 90, align: "right", render: (_, r) => <span className="number">{r.days}</span> },
  ];
  return (
    <div className="page">
      <div className="page-head">
        <Link to="/reports" search={clean({ org: over.org, item: over.item, on: over.on })}>{t("reports")}</Link>
        <span aria-hidden>/</span>
        <h1>{t("ageing.title")}</h1>
        <span className="muted number">{t("ageing.asOf", { day: whole.data.on })}</span>
        {whole.data.orgName && <Mark>{whole.data.orgName}</Mark>}
        {over.item && <Mark>{items.data?.items.find((i) => i.code === over.item)?.name ?? over.item}</Mark>}
        <span className="grow" />
        {band && <ExportButtons path="ageing" query={search} what={t("ageing.title")} />}
      </div>
      <Segmented<string> aria-label={t("ageing.bandLabel")} value={band ?? ""} style={{ marginBottom: 12 }}
        onChange={(b) => void go({ search: clean({ ...over, band: b }) })}
        options={[
          { value: "", label: t("ageing.all", { count: counts?.total ?? 0 }) },
          ...whole.data.bands.map((b, i) => ({ value: b.id, label: t("ageing.of", { band: bandName(b), count: counts?.counts[i] ?? 0 }) })),
        ]} />
      <Table<AgeingLine> size="small" rowKey="number" dataSource={rows} columns={columns} pagination={false} locale={{ emptyText: <Nothing text={t("ageing.none")} /> }} scroll={{ x: 1000 }} />
      {lines.hasNextPage && (
        <div style={{ textAlign: "center", marginTop: 12 }}>
          <Button loading={lines.isFetchingNextPage} onClick={() => void lines.fetchNextPage()}>{t("common:action.more")}</Button>
        </div>
      )}
    </div>
  );
}
