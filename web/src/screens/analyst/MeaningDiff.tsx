// What differs by meaning, the most important first: for those who answer for it, not for those who typed it.
import { ArrowUpOutlined, EditOutlined, MinusCircleOutlined, PlusCircleOutlined, SwapOutlined } from "@ant-design/icons";
import { Alert, Table, Tag } from "antd";
import { useTranslation } from "react-i18next";
import type { DefinitionDiff } from "../../api/gen/types.gen";
import { Nothing } from "../../parts/States";

type Change = DefinitionDiff["changes"][number];

const signs = { added: PlusCircleOutlined, removed: MinusCircleOutlined, changed: EditOutlined, moved: SwapOutlined };

export function MeaningDiff({ diff, onGo }: { diff: DefinitionDiff; onGo?: (line: number, column: number) => void }) {
  const { t, i18n } = useTranslation("analyst");
  const english = i18n.language.startsWith("en");
  const unreadable = [...(diff.fromFindings ?? []), ...(diff.toFindings ?? [])].length;
  return (
    <div className="rows">
      {unreadable > 0 && <Alert type="warning" showIcon title={t("compare.unreadable", { count: unreadable })} />}
      <Table<Change>
        size="small"
        pagination={false}
        rowKey={(c) => `${c.area} ${c.id ?? ""} ${c.path} ${c.what} ${c.zh}`}
        dataSource={diff.changes}
        locale={{ emptyText: <Nothing text={t("compare.sameMeaning")} /> }}
        columns={[
          {
            title: t("compare.weight"), width: 76, dataIndex: "weight",
            render: (w: Change["weight"]) => <Tag color={w === "high" ? "red" : w === "medium" ? "gold" : "default"} icon={w === "high" ? <ArrowUpOutlined /> : undefined}>{t(`weight.${w}`)}</Tag>,
          },
          {
            title: t("compare.what"), width: 120,
            render: (_, c) => {
              const Sign = signs[c.what];
              return <span><Sign aria-hidden /> {t(`area.${c.area}`, { defaultValue: c.area })} · {t(`what.${c.what}`)}</span>;
            },
          },
          {
            title: t("compare.sentence"),
            render: (_, c) => (
              <div>
                <div>{(english ? c.en : c.zh) || c.zh}</div>
                {(c.old !== undefined || c.new !== undefined) && (
                  <div className="small">
                    {c.old !== undefined && <del className="old">{c.old}</del>} {c.new !== undefined && <ins className="new">{c.new}</ins>}
                  </div>
                )}
              </div>
            ),
          },
          ...(onGo ? [{
            title: t("compare.place"), width: 70,
            render: (_: unknown, c: Change) => c.to && <button type="button" className="link-button" onClick={() => onGo(c.to!.line, c.to!.column)}>{t("compare.line", { line: c.to.line })}</button>,
          }] : []),
        ]}
      />
    </div>
  );
}
