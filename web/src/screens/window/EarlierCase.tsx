// What the platform holds of the applicant from earlier cases, with its source: taken over at one click, into
// empty fields alone.
import { HistoryOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { getCase, listCases } from "../../api/gen/sdk.gen";
import { Refusal } from "../../parts/Refusal";
import type { FormSchema } from "../../parts/forms/fields";
import { day } from "../../parts/time";

interface Props {
  id: string;
  schema: FormSchema | undefined;
  taken: { number: string; day: string } | undefined;
  onTake: (form: Record<string, unknown>, from: { number: string; day: string }) => void;
}

export function EarlierCase({ id, schema, taken, onTake }: Props) {
  const { t } = useTranslation("filing");
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const { data } = useQuery({
    queryKey: ["cases", "of", id],
    queryFn: () => answer(listCases({ query: { q: id, limit: 5 } })),
    enabled: !!schema && id.length >= 6,
  });
  const last = data?.cases[0];
  if (taken) return <p className="muted small" style={{ margin: "6px 0 0" }}><HistoryOutlined aria-hidden /> {t("earlier.taken", taken)}</p>;
  if (!last) return null;
  const take = async () => {
    setBusy(true);
    try {
      const { form } = await answer(getCase({ path: { number: last.number } }));
      if (form) onTake(form, { number: last.number, day: day(last.receivedAt) });
    } catch (e) {
      setError(e);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Alert type="info" showIcon style={{ marginTop: 8 }}
        title={t("earlier.found", { count: data.cases.length, name: last.applicant?.name ?? "", item: last.itemName, day: day(last.receivedAt) })}
        action={<Button size="small" loading={busy} onClick={() => void take()}>{t("earlier.take")}</Button>} />
      <Refusal error={error} onClose={() => setError(undefined)} />
    </>
  );
}
