// One setting: where it holds, which figures differ there, and which rules have another level or are left out.
import { useQuery } from "@tanstack/react-query";
import { Button, Drawer, Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SupervisionFigure, SupervisionRule, SupervisionSetting } from "../../api/gen/types.gen";
import { inLanguage } from "../../app/language";
import { itemsQuery, orgsQuery } from "./queries";
import { tidy } from "./settings";

interface Values {
  item?: string;
  hall?: string;
  region?: string;
  set?: Record<string, unknown>;
  rule?: Record<string, number | "off" | undefined>;
}

export function SettingForm({ n, old, figures, rules, onDone, onClose }: {
  n: number;
  old: SupervisionSetting | undefined;
  figures: SupervisionFigure[];
  rules: SupervisionRule[];
  onDone: (s: SupervisionSetting) => void;
  onClose: () => void;
}) {
  const { t, i18n } = useTranslation("admin");
  const items = useQuery(itemsQuery), orgs = useQuery(orgsQuery);
  const [fault, setFault] = useState<string>();
  const rule: Values["rule"] = { ...old?.level };
  for (const id of old?.off ?? []) rule[id] = "off";
  const finish = (v: Values) => {
    const said = Object.entries(v.rule ?? {});
    const s = tidy({
      ...v.item && { item: v.item }, ...v.hall && { hall: v.hall }, ...v.region && { region: v.region },
      set: v.set ?? {}, off: said.filter(([, x]) => x === "off").map(([id]) => id),
      level: Object.fromEntries(said.filter((e): e is [string, number] => typeof e[1] === "number")),
    });
    if (!s.item && !s.hall && !s.region) return setFault(t("figures.needPlace"));
    if (!s.set && !s.off && !s.level) return setFault(t("figures.needChange"));
    onDone(s);
  };
  const inherit = (v: unknown) => t("figures.inherit", { value: typeof v === "boolean" ? t(v ? "figures.yes" : "figures.no") : String(v) });
  return (
    <Drawer open size={560} title={t(old ? "figures.editTitle" : "figures.addTitle", { n: n + 1 })} onClose={onClose}>
      <Form<Values> layout="vertical" className="tight" initialValues={{ ...old, rule }} onFinish={finish} onValuesChange={() => setFault(undefined)}>
        <fieldset className="group">
          <legend>{t("figures.place")}</legend>
          <Form.Item name="item" label={t("party.item")}>
            <Select allowClear placeholder={t("figures.anyItem")} options={items.data?.items.map((i) => ({ value: i.code, label: i.name }))} />
          </Form.Item>
          <Form.Item name="hall" label={t("window.hall")}>
            <Select allowClear placeholder={t("figures.anyHall")} options={orgs.data?.organisations.filter((o) => o.kind === "hall").map((o) => ({ value: o.code, label: o.name }))} />
          </Form.Item>
          <Form.Item name="region" label={t("region")} rules={[{ pattern: /^\d{2,12}$/, message: t("figures.regionRule") }]}><Input allowClear maxLength={12} /></Form.Item>
        </fieldset>
        <fieldset className="group">
          <legend>{t("rules.parameters")}</legend>
          {figures.map((f) => (
            <Form.Item key={f.id} name={["set", f.id]} label={inLanguage(f, i18n.language)}>
              {typeof f.value === "number" ? <InputNumber style={{ width: "100%" }} placeholder={inherit(f.value)} />
                : typeof f.value === "boolean" ? <Select allowClear placeholder={inherit(f.value)} options={[true, false].map((v) => ({ value: v, label: t(v ? "figures.yes" : "figures.no") }))} />
                  : <Input allowClear placeholder={inherit(f.value)} />}
            </Form.Item>
          ))}
        </fieldset>
        <fieldset className="group">
          <legend>{t("rules.rules")}</legend>
          {rules.map((r) => (
            <Form.Item key={r.id} name={["rule", r.id]} label={`${r.id} ${inLanguage(r, i18n.language)}`}>
              <Select allowClear placeholder={t("figures.asDefault")} options={[...[1, 2, 3].map((l) => ({ value: l, label: t(`supervise:level.${l}`) })), { value: "off", label: t("figures.off") }]} />
            </Form.Item>
          ))}
        </fieldset>
        {fault && <p role="alert">{fault}</p>}
        <Button type="primary" htmlType="submit">{t("figures.take")}</Button>
      </Form>
    </Drawer>
  );
}
