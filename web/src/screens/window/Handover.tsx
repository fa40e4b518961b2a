// Letters to the applicant that were not handed over yet, with the proof that they were.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { proveLetter } from "../../api/gen/sdk.gen";
import type { Letter } from "../../api/gen/types.gen";
import { lettersQuery } from "../../parts/case/queries";
import { Refusal } from "../../parts/Refusal";

export function Handover({ number }: { number: string }) {
  const { t } = useTranslation("window");
  const { data } = useQuery(lettersQuery(number));
  const open = (data?.letters ?? []).filter((l) => l.to === "applicant" && l.status === "ready" && !(l.deliveries ?? []).some((d) => d.channel === "hand" && d.status === "delivered"));
  if (open.length === 0) return null;
  return (
    <section style={{ marginBottom: 12 }} aria-label={t("handover.title")}>
      <h3 style={{ fontSize: 14, margin: "0 0 4px" }}>{t("handover.title")}</h3>
      <ul className="plain">{open.map((l) => <One key={l.id} number={number} letter={l} />)}</ul>
    </section>
  );
}

function One({ number, letter }: { number: string; letter: Letter }) {
  const { t } = useTranslation("window");
  const cache = useQueryClient();
  const [proof, setProof] = useState("");
  const prove = useMutation({
    mutationFn: () => answer(proveLetter({ path: { number, letter: letter.id }, body: { proof: proof.trim() } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["case", number] }),
  });
  const id = `proof-${letter.id}`;
  return (
    <li className="draft">
      <label htmlFor={id} style={{ flex: 1 }}>{letter.title} <span className="muted small">{letter.number}</span></label>
      <Input id={id} size="small" style={{ width: 220 }} placeholder={t("handover.proof")} value={proof} onChange={(e) => setProof(e.target.value)} onPressEnter={() => proof.trim() && prove.mutate()} />
      <Button size="small" disabled={!proof.trim()} loading={prove.isPending} onClick={() => prove.mutate()}>{t("handover.record")}</Button>
      <Refusal error={prove.error} />
    </li>
  );
}
