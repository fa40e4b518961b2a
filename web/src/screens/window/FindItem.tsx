// Finds an item by name, initials or code. Arrows choose, Enter opens: one never needs the mouse.
import { SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Card, Empty, Input, Skeleton } from "antd";
import { useEffect, useState } from "react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { listItems } from "../../api/gen/sdk.gen";
import type { Item } from "../../api/gen/types.gen";
import { Broken } from "../../parts/States";
import "./window.css";

export function FindItem() {
  const { t } = useTranslation("window");
  const go = useNavigate();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const { data, error, refetch } = useQuery({ queryKey: ["items", "list"], queryFn: () => answer(listItems()), staleTime: 60_000 });
  const found = (data?.items ?? []).filter((i) => i.current?.state === "published" && matches(i, typed));
  useEffect(() => setAt(0), [typed]);
  const open = (i: Item | undefined) => i && void go({ to: `/window/${i.id}` as string });
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing) return;
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      setAt((n) => Math.max(0, Math.min(found.length - 1, n + (e.key === "ArrowDown" ? 1 : -1))));
    } else if (e.key === "Enter") {
      e.preventDefault();
      open(found[at]);
    }
  };
  return (
    <Card size="small">
      <label htmlFor="find-item" className="find-label">{t("find.label")}</label>
      <Input
        id="find-item" autoFocus size="large" prefix={<SearchOutlined aria-hidden />} placeholder={t("find.placeholder")} value={typed} allowClear autoComplete="off"
        onChange={(e) => setTyped(e.target.value)} onKeyDown={onKeyDown} role="combobox" aria-expanded={found.length > 0} aria-controls="found-items"
        aria-activedescendant={found[at] ? `found-${found[at].id}` : undefined}
      />
      {error ? <Broken error={error} again={() => void refetch()} /> : !data ? <Skeleton active paragraph={{ rows: 2 }} title={false} /> : (
        <ul id="found-items" role="listbox" aria-label={t("find.found")} className="found">
          {found.slice(0, 8).map((i, n) => (
            <li key={i.id} id={`found-${i.id}`} role="option" aria-selected={n === at} onClick={() => open(i)} onMouseEnter={() => setAt(n)}>
              <strong>{i.name}</strong> <span className="muted small">{i.code}</span>
              <span className="found-go muted small">{n === at && t("find.enter")}</span>
            </li>
          ))}
          {found.length === 0 && <li aria-selected={false} role="option" aria-disabled><Empty image={null} description={t(data.items.length ? "find.none" : "find.noItems")} /></li>}
        </ul>
      )}
    </Card>
  );
}

function matches(i: Item, typed: string): boolean {
  const word = typed.trim().toLowerCase();
  return !word || [i.name, i.code, i.id].some((x) => x.toLowerCase().includes(word));
}
