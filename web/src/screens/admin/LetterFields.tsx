// What the text of a letter may name, and what it has to.
import { Table } from "antd";
import { useTranslation } from "react-i18next";
import type { LetterField, LetterTemplate } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { Mark } from "../../parts/Mark";
import { comma } from "../../texts/marks";

export function LetterFields({ of }: { of: LetterTemplate }) {
  const { t, i18n } = useTranslation("admin");
  return (
    <Table<LetterField> size="small" rowKey="id" pagination={false} dataSource={of.fields} columns={[
      { title: t("letter.field"), key: "id", width: 170, render: (_, f) => <code>{f.type === "text" ? `{${f.id}}` : f.id}</code> },
      { title: t("letter.means"), key: "name", render: (_, f) => (
        <>
          {inLanguage(f, i18n.language)}
          {f.columns && <div className="small muted">{f.columns.map((c) => `${c.id} ${inLanguage(c, i18n.language)}`).join(comma())}</div>}
          {f.law && <div className="small muted">{t("common:refusal.law", { law: f.law, article: f.article ?? "" })}</div>}
        </>
      ) },
      { title: t("letter.type"), key: "type", width: 70, render: (_, f) => t(`letter.types.${f.type}`) },
      { title: t("letter.must"), key: "must", width: 70, render: (_, f) => f.must && <Mark tone="warn">{t("letter.must")}</Mark> },
    ]} />
  );
}
