// What became of each task of a batch.
import { Modal, Table } from "antd";
import { useTranslation } from "react-i18next";
import type { BatchResult, Task } from "../../api/gen/types.gen";

export function BatchAnswer({ result, tasks, onClose }: { result: BatchResult; tasks: Task[]; onClose: () => void }) {
  const { t, i18n } = useTranslation("desk");
  const english = i18n.language.startsWith("en");
  return (
    <Modal open title={t("batch.title")} footer={null} onCancel={onClose} width={720}>
      <Table
        size="small"
        pagination={false}
        rowKey={(r) => r.number + r.task}
        dataSource={result.results}
        columns={[
          { title: t("case"), render: (_, r) => tasks.find((x) => x.number === r.number && x.id === r.task)?.applicant ?? r.number.slice(-12) },
          { title: t("batch.state"), width: 110, render: (_, r) => t(`batch.${r.state}` as "batch.done") },
          { title: t("batch.why"), render: (_, r) => (r.problem ? (english ? r.problem.en : r.problem.zh) : "") },
        ]}
      />
    </Modal>
  );
}
