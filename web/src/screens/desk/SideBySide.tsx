// Papers beside the criteria they are judged by: a paper opens on the right, the checklist stays on the left.
import { useQuery } from "@tanstack/react-query";
import { Card, List } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PaperView } from "../../api/gen/types.gen";
import { FilePane } from "../../parts/case/FileView";
import { Papers, paperFile } from "../../parts/case/Papers";
import { papersRead } from "../../parts/case/definition";
import type { Definition, DefinitionStep } from "../../parts/case/definition";
import { papersQuery } from "../../parts/case/queries";
import { Nothing } from "../../parts/States";
import { laws } from "../../texts/law";

export function SideBySide({ number, step, definition, kind }: { number: string; step: DefinitionStep | undefined; definition: Definition | undefined; kind: string }) {
  const { t } = useTranslation("desk");
  const papers = useQuery(papersQuery(number));
  // Whoever looks at a filing sees all that was handed in; a step sees what it reads.
  const only = kind === "look" || kind === "accept" ? undefined : papersRead(step);
  const shown = (papers.data?.papers ?? []).filter((p) => p.hash && (!only || only.has(p.id)));
  const [picked, setPicked] = useState<PaperView>();
  const paper = shown.find((p) => p.id === picked?.id) ?? shown[0];
  const checks = step?.decide?.checks ?? step?.review?.checks ?? [];
  const conditions = (definition?.conditions ?? []).filter((c) => checks.includes(c.id));
  return (
    <div className="rows">
      {conditions.length > 0 && (
        <Card size="small" title={t("criteria")}>
          <List size="small" dataSource={conditions} rowKey="id" renderItem={(c) => (
            <List.Item style={{ paddingInline: 0 }}>
              <span>{c.text} <span className="muted small">{laws(c.basis)}</span></span>
            </List.Item>
          )} />
        </Card>
      )}
      <Card size="small" title={t("papers")}><Papers number={number} only={only} onView={setPicked} compact={shown.length > 0} /></Card>
      {paper
        ? <Card size="small" title={paper.name}><FilePane key={paper.id + paper.hash} file={paperFile(number, paper)} height={420} /></Card>
        : <Nothing text={t("nothingToRead")} />}
    </div>
  );
}
