// Organisations and their tree; one of them beside it, to be changed or closed.
import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Card, Checkbox, Input, Skeleton, Tree } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Broken, Nothing } from "../../parts/States";
import { clean } from "../../parts/search";
import { Mark } from "../../parts/Mark";
import { OrganisationForm } from "./OrganisationForm";
import { orgQuery, orgsQuery } from "./queries";
import { organisationsRoute } from "./routes";
import { treeOf, withWord } from "./tree";
import type { Branch } from "./tree";

/** The organisation being made has no code yet. */
const fresh = "+";

export default function Organisations() {
  const { t } = useTranslation("admin");
  const search = organisationsRoute.useSearch();
  const go = useNavigate({ from: organisationsRoute.fullPath });
  const orgs = useQuery(orgsQuery);
  const change = (next: Partial<typeof search>) => void go({ search: clean({ ...search, ...next }) });
  const tree = useMemo(() => {
    const list = orgs.data?.organisations ?? [];
    return withWord(treeOf(search.closed ? list : list.filter((o) => !o.closedOn)), search.q ?? "");
  }, [orgs.data, search.q, search.closed]);
  if (orgs.error) return <Broken error={orgs.error} again={() => void orgs.refetch()} />;
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t("part.organisations")}</h1>
        <Input.Search key={search.q ?? ""} allowClear style={{ width: 240 }} placeholder={t("org.find")} aria-label={t("org.find")} defaultValue={search.q} onSearch={(q) => change({ q: q.trim() || undefined })} />
        <Checkbox checked={!!search.closed} onChange={(e) => change({ closed: e.target.checked || undefined })}>{t("org.withClosed")}</Checkbox>
        <span className="grow" />
        <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => change({ org: fresh })}>{t("org.add")}</Button>
      </div>
      <div className="columns">
        <Card size="small" className="wide">
          {!orgs.data ? <Skeleton active /> : tree.length === 0 ? <Nothing text={t("org.none")} /> : (
            <Tree
              key={search.q ?? ""} blockNode defaultExpandAll selectedKeys={search.org ? [search.org] : []} treeData={nodes(tree, t("org.closed"))}
              onSelect={([code]) => change({ org: code ? String(code) : undefined })} aria-label={t("part.organisations")}
            />
          )}
        </Card>
        <div className="side" style={{ flexBasis: 460 }}>
          {search.org === fresh ? <OrganisationForm key={fresh} onDone={(code) => change({ org: code })} onCancel={() => change({ org: undefined })} />
            : search.org ? <One key={search.org} code={search.org} onClose={() => change({ org: undefined })} />
            : <Card size="small"><Nothing text={t("org.pick")} /></Card>}
        </div>
      </div>
    </div>
  );
}

interface Node {
  key: string;
  title: React.ReactNode;
  children: Node[];
}

function nodes(list: Branch[], closed: string): Node[] {
  return list.map((b) => ({
    key: b.org.code,
    title: <>{b.org.name} <span className="small muted">{b.org.code}</span> {b.org.closedOn && <Mark>{closed} {b.org.closedOn}</Mark>}</>,
    children: nodes(b.below, closed),
  }));
}

function One({ code, onClose }: { code: string; onClose: () => void }) {
  const { data, error, refetch } = useQuery(orgQuery(code));
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data) return <Card size="small"><Skeleton active /></Card>;
  return <OrganisationForm key={data.organisation.revision} detail={data} onDone={() => undefined} onCancel={onClose} />;
}
