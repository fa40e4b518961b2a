// The one notice before it goes: who has looked, what has been named, merged, and the letter as it would read.
import { CheckCircleOutlined, ClockCircleOutlined, ExclamationCircleOutlined } from "@ant-design/icons";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { Button, Card, Modal, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { getGathering } from "../../api/gen/sdk.gen";
import type { Gathering as Gathered, LookView } from "../../api/gen/types.gen";
import { Due } from "../../parts/Light";
import { Broken } from "../../parts/States";
import { minute } from "../../parts/time";
import { Mark } from "../../parts/Mark";

export const gatheringQuery = (number: string) =>
  queryOptions({ queryKey: ["case", number, "gathering"], queryFn: () => answer(getGathering({ path: { number } })) });

export function Gathering({ number, now }: { number: string; now: Date }) {
  const { t } = useTranslation("lead");
  const { data, error, refetch } = useQuery(gatheringQuery(number));
  const [preview, setPreview] = useState(false);
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data?.open) return null;
  const silent = data.looks.filter((l) => !l.spoken).length;
  return (
    <Card
      size="small" title={t("gathering.title")}
      extra={<Button size="small" type="primary" ghost disabled={!data.letter} onClick={() => setPreview(true)}>{t("gathering.preview")}</Button>}
    >
      <div className="columns">
        <div style={{ flex: "0 0 36%", minWidth: 0 }}>
          <p style={{ marginTop: 0 }}>
            {silent ? t("gathering.silent", { count: silent }) : t("gathering.allSpoken")} {data.closes && <Due due={data.closes} now={now} />}
          </p>
          <ul style={{ listStyle: "none", margin: 0, padding: 0 }}>{data.looks.map((l) => <Look key={l.party} look={l} />)}</ul>
        </div>
        {/* Reached by keyboard, too: it holds more than it shows. */}
        <div className="wide" tabIndex={0} role="group" aria-label={t("gathering.lines")} style={{ maxHeight: 232, overflow: "auto" }}><Lines gathered={data} /></div>
      </div>
      <Modal open={preview} onCancel={() => setPreview(false)} footer={null} width={900} style={{ top: 24 }} title={t("gathering.letter")}>
        {/* Nothing in it can run: no scripts, an origin of its own. */}
        <iframe title={t("gathering.letter")} sandbox="" srcDoc={data.letter ?? ""} style={{ width: "100%", height: "70vh", border: "1px solid #d9dde5", background: "#fff" }} />
      </Modal>
    </Card>
  );
}

function Look({ look: l }: { look: LookView }) {
  const { t } = useTranslation("lead");
  const state = !l.spoken ? "quiet" : l.clear ? "clear" : "gaps";
  const Icon = { quiet: ClockCircleOutlined, clear: CheckCircleOutlined, gaps: ExclamationCircleOutlined }[state];
  const color = { quiet: "#5c6675", clear: "#237804", gaps: "#945600" }[state];
  return (
    <li style={{ padding: "2px 0" }}>
      <span style={{ color }}><Icon aria-hidden /> {t(`gathering.${state}`)}</span> {l.partyName || l.party} <span className="small muted">{l.orgName}{l.byName && ` · ${l.byName}`}{l.at && ` · ${minute(l.at)}`}</span>
    </li>
  );
}

function Lines({ gathered }: { gathered: Gathered }) {
  const { t } = useTranslation("lead");
  return (
    <Table
      size="small" rowKey="of" pagination={false} dataSource={gathered.lines} locale={{ emptyText: t("gathering.nothing") }}
      columns={[
        { title: t("case:lineOf"), dataIndex: "name" },
        { title: t("case:lineWhy"), dataIndex: "reason" },
        { title: t("case:askers"), width: 200, render: (_, l) => (l.askerNames ?? []).map((a) => <Mark key={a}>{a === "guide" ? t("gathering.guide") : a}</Mark>) },
      ]}
    />
  );
}
