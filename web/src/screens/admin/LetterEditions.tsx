// What was published of a letter's wording, the last first.
import { Link } from "@tanstack/react-router";
import { Table } from "antd";
import { useTranslation } from "react-i18next";
import type { LetterEdition, LetterTemplate } from "../../api/gen/types.gen";
import { Mark } from "../../parts/Mark";
import { minute } from "../../parts/time";

export function LetterEditions({ of }: { of: LetterTemplate }) {
  const { t } = useTranslation("admin");
  return (
    <>
      <Table<LetterEdition> size="small" rowKey="hash" pagination={false} dataSource={of.editions} columns={[
        { title: t("letter.version"), key: "version", render: (_, e) => <>{e.version} {e.inForce && <Mark tone="good">{t("letter.today")}</Mark>}</> },
        { title: t("letter.from"), key: "from", render: (_, e) => <span className="number">{e.from ?? t("letter.always")}</span> },
        { title: t("letter.by"), key: "by", render: (_, e) => (e.builtIn ? <Mark>{t("letter.builtIn")}</Mark> : <>{e.byName} <span className="muted small number">{e.publishedAt && minute(e.publishedAt)}</span></>) },
      ]} />
      <p><Link to="/admin/changes" search={{ kind: "letter-template", subject: of.kind }}>{t("history")}</Link></p>
    </>
  );
}
