// People: found by name, login or pinyin initials; one of them beside the list.
import { PlusOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button, Input, Select, Table } from "antd";
import type { TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { listPeople } from "../../api/gen/sdk.gen";
import type { Person } from "../../api/gen/types.gen";
import { OrgPick } from "../../parts/OrgPick";
import { Broken, Nothing } from "../../parts/States";
import { clean } from "../../parts/search";
import { Mark } from "../../parts/Mark";
import { colon, comma } from "../../texts/marks";
import { PersonPanel } from "./PersonPanel";
import { roles } from "./queries";
import { peopleRoute } from "./routes";

export default function People() {
  const { t } = useTranslation("admin");
  const search = peopleRoute.useSearch();
  const { person, ...filter } = search;
  const go = useNavigate({ from: peopleRoute.fullPath });
  const change = (next: Partial<typeof search>) => void go({ search: clean({ ...search, ...next }) });
  const query = clean({ ...filter, below: filter.org ? true : undefined });
  const list = useInfiniteQuery({
    queryKey: ["people", "list", query],
    queryFn: ({ pageParam }) => answer(listPeople({ query: { ...query, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } })),
    initialPageParam: "",
    getNextPageParam: (last) => last.next || undefined,
  });
  const columns: TableColumnsType<Person> = [
    { title: t("person.name"), key: "name", render: (_, p) => <><Link to={"/admin/people" as string} search={{ ...search, person: p.id } as never}>{p.name}</Link> <span className="small muted">{p.post}</span></> },
    { title: t("person.login"), dataIndex: "login", width: 160 },
    { title: t("person.roles"), key: "roles", render: (_, p) => p.roles.map((r) => (
      <div key={r.org} className="small">{r.orgName || r.org}{colon()}{r.roles.map((x) => t(`common:role.${x}`, { defaultValue: x })).join(comma())}</div>
    )) },
    { title: t("person.state"), key: "active", width: 110, render: (_, p) => <>{!p.active && <Mark>{t("person.disabled")}</Mark>}{p.password === "temporary" && <Mark tone="warn">{t("person.temporary")}</Mark>}</> },
  ];
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("part.people")}</h1>
        <Input.Search key={search.q ?? ""} allowClear style={{ width: 220 }} placeholder={t("person.find")} aria-label={t("person.find")} defaultValue={search.q} onSearch={(q) => change({ q: q.trim() || undefined })} />
        <OrgPick label={t("person.org")} value={search.org} onChange={(org) => change({ org })} />
        <Select allowClear style={{ width: 130 }} placeholder={t("person.role")} aria-label={t("person.role")} value={search.role} onChange={(role) => change({ role })}
          options={roles.map((r) => ({ value: r, label: t(`common:role.${r}`, { defaultValue: r }) }))} />
        <Select allowClear style={{ width: 120 }} placeholder={t("person.state")} aria-label={t("person.state")} value={search.active} onChange={(active) => change({ active })}
          options={[{ value: "true", label: t("person.enabled") }, { value: "false", label: t("person.disabled") }]} />
        <span className="grow" />
        <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => change({ person: "+" })}>{t("person.add")}</Button>
      </div>
      <div className="columns">
        <div className="wide">
          {list.error ? <Broken error={list.error} again={() => void list.refetch()} /> : (
            <Table<Person> size="small" rowKey="id" loading={list.isPending} dataSource={list.data?.pages.flatMap((p) => p.people) ?? []} columns={columns} pagination={false}
              rowClassName={(p) => (p.id === person ? "ant-table-row-selected" : "")} locale={{ emptyText: <Nothing text={t("person.none")} /> }} />
          )}
          {list.hasNextPage && <div style={{ textAlign: "center", marginTop: 12 }}><Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("common:action.more")}</Button></div>}
        </div>
        {person && <div className="side" style={{ flexBasis: 460 }}><PersonPanel key={person} id={person === "+" ? undefined : person} onClose={() => change({ person: undefined })} onMade={(id) => change({ person: id })} /></div>}
      </div>
    </div>
  );
}
