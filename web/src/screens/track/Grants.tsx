// What licences were granted: open to anybody (行政许可法第四十条), the newest first, of one item, or one by its number.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button, Form, Input, Select, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { listGrants, listItems } from "../../api/gen/sdk.gen";
import { Broken } from "../../parts/States";
import { GrantList } from "./GrantList";
import type { Wanted } from "./GrantList";
import { Shell } from "./Shell";

export default function Grants() {
  const { t } = useTranslation("track");
  const { item, number } = useSearch({ strict: false }) as Wanted;
  const go = useNavigate();
  const items = useQuery({ queryKey: ["items", "list"], queryFn: () => answer(listItems()), staleTime: 60_000 });
  const grants = useInfiniteQuery({
    queryKey: ["grants", item, number],
    initialPageParam: "",
    queryFn: ({ pageParam }) => answer(listGrants({ query: { ...(item && { item }), ...(number && { number }), ...(pageParam && { cursor: pageParam }) } })),
    getNextPageParam: (last) => last.next || undefined,
  });
  const list = grants.data?.pages.flatMap((p) => p.grants);
  return (
    <Shell title={t("grants.title")}>
      <section className="track-card">
        <h1>{t("grants.title")}</h1>
        <p className="muted">{t("grants.how")}</p>
        <Form<Wanted> layout="vertical" initialValues={{ item, number }} key={`${item} ${number}`}
          onFinish={(q) => void go({ to: "/grants", search: { ...(q.item && { item: q.item }), ...(q.number?.trim() && { number: q.number.trim() }) } })}>
          <Form.Item name="item" label={t("grants.item")}>
            <Select allowClear placeholder={t("grants.anyItem")} options={(items.data?.items ?? []).map((i) => ({ value: i.code, label: i.name }))} />
          </Form.Item>
          <Form.Item name="number" label={t("grants.number")}><Input allowClear autoComplete="off" maxLength={200} /></Form.Item>
          <Button type="primary" htmlType="submit">{t("grants.find")}</Button>
        </Form>
      </section>
      <section className="track-card" aria-live="polite">
        {!list && grants.error ? <Broken error={grants.error} again={() => void grants.refetch()} />
          : !list ? <Skeleton active />
            : <GrantList grants={list} more={grants.hasNextPage} wanted={{ ...(item && { item }), ...(number && { number }) }} />}
        {list && grants.isFetchNextPageError && <Broken error={grants.error} again={() => void grants.fetchNextPage()} />}
        {grants.hasNextPage && !grants.isFetchNextPageError && (
          <Button block style={{ marginTop: 12 }} onClick={() => void grants.fetchNextPage()} loading={grants.isFetchingNextPage}>{t("common:action.more")}</Button>
        )}
      </section>
    </Shell>
  );
}
