// Working calendars: what is in force, how far loads have come, and a notice loaded after its effect was seen.
import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Card, Progress, Skeleton, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CalendarLoad, CalendarVersion } from "../../api/gen/types.gen";
import { Broken, Nothing } from "../../parts/States";
import { minute } from "../../parts/time";
import { Mark } from "../../parts/Mark";
import { comma } from "../../texts/marks";
import { LoadNotice } from "./LoadNotice";
import { calendarsQuery } from "./queries";

export default function Calendars() {
  const { t } = useTranslation("admin");
  const [loading, setLoading] = useState(false);
  const { data, error, refetch } = useQuery(calendarsQuery);
  if (error) return <Broken error={error} again={() => void refetch()} />;
  return (
    <div className="page rows">
      <div className="page-head" style={{ marginBottom: 0 }}>
        <h1>{t("part.calendars")}</h1>
        <span className="grow" />
        {!loading && <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setLoading(true)}>{t("calendar.load")}</Button>}
      </div>
      {loading && <LoadNotice onClose={() => setLoading(false)} />}
      {!data ? <Skeleton active /> : (
        <>
          <Card size="small" title={t("calendar.loads")}>
            <Table<CalendarLoad> size="small" rowKey="key" dataSource={data.loads} pagination={{ pageSize: 10, hideOnSinglePage: true }} locale={{ emptyText: <Nothing text={t("calendar.noLoads")} /> }} columns={[
              { title: t("calendar.notice"), dataIndex: "reason" },
              { title: t("region"), key: "regions", width: 160, render: (_, l) => l.regions.map((r) => r || t("calendar.mainland")).join(comma()) },
              { title: t("calendar.at"), key: "at", width: 150, render: (_, l) => <span className="number">{minute(l.at)}</span> },
              { title: t("calendar.progress"), key: "progress", width: 330, render: (_, l) => <LoadProgress load={l} /> },
            ]} />
          </Card>
          <Card size="small" title={t("calendar.versions")}>
            <Table<CalendarVersion> size="small" rowKey={(v) => v.region + v.version} dataSource={data.calendars} pagination={{ pageSize: 10, hideOnSinglePage: true }} columns={[
              { title: t("region"), key: "region", width: 160, render: (_, v) => v.region || t("calendar.mainland") },
              { title: t("calendar.version"), key: "version", width: 260, render: (_, v) => <>{v.version} {v.current && <Mark tone="good">{t("calendar.current")}</Mark>}</> },
              { title: t("calendar.years"), key: "years", render: (_, v) => v.years?.join(comma()) },
              { title: t("calendar.at"), key: "at", width: 150, render: (_, v) => v.loadedAt && <span className="number">{minute(v.loadedAt)}</span> },
            ]} />
          </Card>
        </>
      )}
    </div>
  );
}

/** Open cases are told one by one; the words say what the bar shows. */
function LoadProgress({ load: l }: { load: CalendarLoad }) {
  const { t } = useTranslation("admin");
  const all = l.open + l.told;
  const over = !!l.doneAt || l.open === 0;
  return (
    <div>
      <Progress size="small" showInfo={false} percent={all ? Math.round((100 * l.told) / all) : 100} status={over ? "success" : "active"} aria-label={t("calendar.progress")} style={{ margin: 0 }} />
      <span className="small">{over ? t("calendar.done", { told: l.told, done: l.done }) : t("calendar.telling", { told: l.told, all })}</span>
    </div>
  );
}
