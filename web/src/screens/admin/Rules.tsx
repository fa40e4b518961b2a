// The supervision rules in force and their figures; a new version is published from a file by whoever may.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Descriptions, Skeleton, Table, Upload } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Refused, answer, newKey } from "../../api/client";
import { publishSupervision } from "../../api/gen/sdk.gen";
import type { SupervisionParameter, SupervisionRule } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { has, useAccount } from "../../app/session";
import { Refusal } from "../../parts/Refusal";
import { Broken } from "../../parts/States";
import { minute, periodWords } from "../../parts/time";
import { Mark } from "../../parts/Mark";
import { CardLevel } from "../supervise/CardLevel";
import { laws } from "../../texts/law";
import { rulesQuery } from "./queries";

export default function Rules() {
  const { t, i18n } = useTranslation("admin");
  const account = useAccount();
  const { data, error, refetch } = useQuery(rulesQuery);
  if (error && !(error instanceof Refused && error.code === "no-rules")) return <Broken error={error} again={() => void refetch()} />;
  return (
    <div className="page rows">
      <div className="page-head" style={{ marginBottom: 0 }}>
        <h1>{t("part.rules")}</h1>
        <span className="grow" />
        {data?.source && <Button onClick={() => save(`supervision-${data.version}.yaml`, data.source!)}>{t("rules.download")}</Button>}
        {has(account, "publisher") && <Publish />}
      </div>
      {error && <Refusal error={error} />}
      {!data ? !error && <Skeleton active /> : (
        <>
          <Card size="small">
            <Descriptions size="small" column={4} items={[
              { key: "n", label: t("rules.name"), children: data.name },
              { key: "v", label: t("rules.version"), children: data.version },
              { key: "e", label: t("rules.explain"), children: periodWords(data.explain, t) },
              { key: "a", label: t("rules.appeal"), children: periodWords(data.appeal, t) },
              ...(data.publishedAt ? [{ key: "p", label: t("rules.published"), children: minute(data.publishedAt) }] : []),
            ]} />
          </Card>
          <Card size="small" title={t("rules.rules")}>
            <Table<SupervisionRule> size="small" rowKey="id" dataSource={data.rules} pagination={false} columns={[
              { title: t("rules.id"), dataIndex: "id", width: 64 },
              { title: t("rules.rule"), key: "rule", render: (_, r) => <>{inLanguage(r, i18n.language)} {r.byHand && <Mark>{t("rules.byHand")}</Mark>}</> },
              { title: t("rules.class"), key: "class", width: 90, render: (_, r) => t(`rules.classes.${r.class}`, { defaultValue: r.class }) },
              { title: t("rules.level"), key: "level", width: 180, render: (_, r) => r.levels.map((l) => <span key={l} style={{ marginInlineEnd: 10 }}><CardLevel level={l} /></span>) },
              { title: t("rules.basis"), key: "basis", render: (_, r) => laws(r.basis) },
            ]} />
          </Card>
          <Card size="small" title={t("rules.parameters")}>
            <Table<SupervisionParameter> size="small" rowKey="id" dataSource={data.parameters} pagination={false} columns={[
              { title: t("rules.parameter"), key: "name", render: (_, p) => inLanguage(p, i18n.language) },
              { title: t("rules.id"), dataIndex: "id", width: 180 },
              { title: t("rules.value"), dataIndex: "value", width: 160 },
            ]} />
          </Card>
        </>
      )}
    </div>
  );
}

function save(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}

/** The server checks the file and says where it is wrong; cases received from then on are judged by it. */
function Publish() {
  const { t, i18n } = useTranslation("admin");
  const { modal, message } = App.useApp();
  const cache = useQueryClient();
  const [key, setKey] = useState(newKey);
  const publish = useMutation({
    mutationFn: (file: File) => answer(publishSupervision({ body: file, headers: { "Idempotency-Key": key } })),
    onSuccess: (r) => {
      void cache.invalidateQueries({ queryKey: ["supervision"] });
      void message.success(t("rules.publishedNow", { version: r.version }));
    },
    onSettled: () => setKey(newKey()),
  });
  const findings = publish.error instanceof Refused ? (publish.error.problem.findings ?? []) : [];
  return (
    <>
      <Upload accept=".yaml,.yml" showUploadList={false} beforeUpload={(file) => {
        modal.confirm({ title: t("rules.sure", { name: file.name }), content: t("rules.sureWhy"), onOk: () => publish.mutate(file) });
        return false;
      }}>
        <Button type="primary" loading={publish.isPending}>{t("rules.publish")}</Button>
      </Upload>
      {publish.error && (
        <div style={{ flexBasis: "100%" }}>
          <Refusal error={publish.error} onClose={() => publish.reset()} />
          {findings.length > 0 && <ul>{findings.map((f, i) => <li key={i}><code>{f.line}:{f.column} {f.code}</code> {i18n.language.startsWith("en") ? f.en : f.zh}</li>)}</ul>}
        </div>
      )}
    </>
  );
}
