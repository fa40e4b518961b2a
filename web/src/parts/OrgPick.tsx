// An organisation, chosen by name or code.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { answer } from "../api/client";
import { listOrganisations } from "../api/gen/sdk.gen";
import { inLanguage, language } from "../app/language";

/** All organisations, named as the screen speaks: the directory keeps both names of each. */
export const orgsQuery = queryOptions({
  queryKey: ["organisations"],
  queryFn: async () => {
    const { organisations } = await answer(listOrganisations());
    return { organisations: organisations.map((o) => ({ ...o, name: inLanguage({ zh: o.name, en: o.nameEn ?? "" }, language()) })) };
  },
  staleTime: 300_000,
});

export function OrgPick({ label, value, onChange, id, width = 180 }: {
  label: string;
  value?: string | undefined;
  onChange?: (org: string | undefined) => void;
  /** Set by a form around it. */
  id?: string;
  width?: number | string;
}) {
  const { data, isLoading } = useQuery(orgsQuery);
  return (
    <Select
      {...(id ? { id } : {})}
      allowClear showSearch={{ filterOption: (typed, o) => !!o && `${o.label} ${o.value}`.toLowerCase().includes(typed.toLowerCase()) }}
      aria-label={label} placeholder={label} style={{ width }} loading={isLoading} value={value} popupMatchSelectWidth={260}
      options={data?.organisations.map((o) => ({ value: o.code, label: o.name }))} onChange={(v?: string) => onChange?.(v)}
    />
  );
}
