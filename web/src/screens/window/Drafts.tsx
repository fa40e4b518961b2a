// Filings begun and not sent, of whoever is signed in.
import { DeleteOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Card, Popconfirm, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { dropDraft, listDrafts, listItems } from "../../api/gen/sdk.gen";
import { Refusal } from "../../parts/Refusal";
import { minute } from "../../parts/time";
import type { Filing } from "./filing";

export function Drafts() {
  const { t } = useTranslation("window");
  const cache = useQueryClient();
  const { data, error } = useQuery({ queryKey: ["drafts"], queryFn: () => answer(listDrafts()) });
  const items = useQuery({ queryKey: ["items", "list"], queryFn: () => answer(listItems()), staleTime: 60_000 });
  const drop = useMutation({
    mutationFn: (name: string) => answer(dropDraft({ path: { name } })),
    onSettled: () => void cache.invalidateQueries({ queryKey: ["drafts"] }),
  });
  const list = (data?.drafts ?? []).flatMap((d) => {
    const [kind, item, id] = d.name.split(":");
    return kind === "window" && item && id ? [{ ...d, item, id, filing: d.body as unknown as Filing }] : [];
  });
  return (
    <Card size="small" title={t("drafts.title")}>
      <Refusal error={error ?? drop.error} />
      {!data && !error && <Skeleton active paragraph={{ rows: 2 }} title={false} />}
      {data && list.length === 0 && <p className="muted" style={{ margin: 0 }}>{t("drafts.none")}</p>}
      <ul className="plain">
        {list.map((d) => {
          const who = (d.filing.form?.applicant as { name?: string } | undefined)?.name || d.filing.applicantId || t("drafts.nobody");
          return (
            <li key={d.name} className="draft">
              <Link to={`/window/${d.item}` as string} search={{ draft: d.id } as never}>{who} · {items.data?.items.find((i) => i.id === d.item)?.name ?? d.item}</Link>
              <span className="muted small number">{minute(d.at)}</span>
              <Popconfirm title={t("drafts.sure")} okText={t("common:action.remove")} cancelText={t("common:action.cancel")} onConfirm={() => drop.mutate(d.name)}>
                <Button type="text" size="small" icon={<DeleteOutlined />} aria-label={t("drafts.remove", { who })} />
              </Popconfirm>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
