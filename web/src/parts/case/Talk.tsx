// Questions to colleagues, copies and remarks. The applicant sees none of it.
import { useQuery } from "@tanstack/react-query";
import { List, Skeleton, Tag } from "antd";
import { useTranslation } from "react-i18next";
import { Broken, Nothing } from "../States";
import { minute } from "../time";
import { colon } from "../../texts/marks";
import { talkQuery } from "./queries";

export function Talk({ number }: { number: string }) {
  const { t } = useTranslation("case");
  const { data, error, refetch } = useQuery(talkQuery(number));
  if (error) return <Broken error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton active />;
  if (!data.entries.length) return <Nothing text={t("noTalk")} />;
  return (
    <List
      size="small"
      dataSource={data.entries}
      rowKey={(e) => e.kind + e.id}
      renderItem={(e) => (
        <List.Item>
          <div style={{ width: "100%" }}>
            <Tag>{t(`talk.${e.kind}`)}</Tag> <strong>{e.byName}</strong>
            {e.kind !== "comment" && <span className="muted"> → {e.accountName ?? e.orgName ?? e.org}</span>} <Tag>{t(`talkStatus.${e.status}`, { defaultValue: e.status })}</Tag>
            <span className="muted small number">{minute(e.at)}</span>
            <div style={{ whiteSpace: "pre-wrap" }}>{e.text}</div>
            {e.answer && <div style={{ whiteSpace: "pre-wrap", borderInlineStart: "3px solid #d9dde5", paddingInlineStart: 8 }}><strong>{e.doneByName}</strong>{colon()}{e.answer}</div>}
          </div>
        </List.Item>
      )}
    />
  );
}
