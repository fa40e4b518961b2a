// How letters are worded: the kinds there are, and which wording holds today.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Table } from "antd";
import type { TableColumnsType } from "antd";
import { useTranslation } from "react-i18next";
import type { LetterKind } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { Mark } from "../../parts/Mark";
import { Broken } from "../../parts/States";
import { templatesQuery } from "./queries";

export default function LetterTemplates() {
  const { t, i18n } = useTranslation("admin");
  const { data, error, isPending, refetch } = useQuery(templatesQuery);
  if (error) return <Broken error={error} again={() => void refetch()} />;
  const columns: TableColumnsType<LetterKind> = [
    { title: t("letter.kind"), key: "kind", render: (_, k) => <Link to="/admin/letters/$kind" params={{ kind: k.kind }} style={{ fontWeight: 600 }}>{inLanguage(k, i18n.language)}</Link> },
    { title: t("letter.word"), dataIndex: "word", width: 110 },
    { title: t("letter.version"), key: "version", width: 170, render: (_, k) => <>{k.version} {k.builtIn && <Mark>{t("letter.builtIn")}</Mark>}</> },
    { title: t("letter.from"), key: "from", width: 150, render: (_, k) => <span className="number">{k.from ?? t("letter.always")}</span> },
    { title: t("letter.next"), key: "coming", width: 170, render: (_, k) => k.coming && <Mark tone="info">{t("letter.coming")}</Mark> },
  ];
  return (
    <div className="page">
      <div className="page-head"><h1>{t("part.letters")}</h1><span className="muted">{t("letter.what")}</span></div>
      <Table<LetterKind> size="small" rowKey="kind" loading={isPending} dataSource={data?.kinds ?? []} columns={columns} pagination={false} />
    </div>
  );
}
