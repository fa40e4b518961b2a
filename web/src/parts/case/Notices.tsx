// The correction notice: what was asked for, once, and what became of each line.
import { useQuery } from "@tanstack/react-query";
import { Alert, Skeleton, Table, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Broken } from "../States";
import { minute } from "../time";
import { comma } from "../../texts/marks";
import { noticesQuery } from "./queries";

export function Notices({ number }: { number: string }) {
  const { t } = useTranslation("case");
  const { data, error, refetch } = useQuery(noticesQuery(number));
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton active />;
  if (!data.notices.length) return <Alert type="info" showIcon title={t("noNotices")} />;
  return (
    <div className="rows">
      {data.notices.map((n, i) => (
        <section key={n.id + i}>
          <h3 style={{ fontSize: 14, margin: "0 0 6px" }}>
            {n.title || t(`noticeKind.${n.kind}`)} {n.toName && <span className="muted">→ {n.toName}</span>} <span className="muted small">{minute(n.at)}{n.until && ` · ${t("answerUntil", { day: n.until })}`}</span>
          </h3>
          {n.text && <p style={{ margin: "0 0 6px", whiteSpace: "pre-wrap" }}>{n.text}</p>}
          {(n.lines ?? []).length > 0 && (
            <Table
              size="small"
              pagination={false}
              rowKey="of"
              dataSource={n.lines ?? []}
              columns={[
                { title: t("lineOf"), render: (_, l) => l.name ?? l.of },
                { title: t("lineWhy"), render: (_, l) => l.reason },
                { title: t("askers"), width: 190, render: (_, l) => (l.askerNames ?? l.askers ?? []).join(comma()) },
                { title: t("answered"), width: 120, render: (_, l) => <Tag color={l.answered ? "green" : "gold"}>{l.answered ? t("yesAnswered") : t("notAnswered")}</Tag> },
              ]}
            />
          )}
        </section>
      ))}
    </div>
  );
}
