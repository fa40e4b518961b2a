// Who else has this task before him just now. Said again every few seconds while the page is in front; a page that is
// left says so, and one that cannot is forgotten by the server.
import { EyeOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Tag } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { leaveTask, lookAtTask } from "../../api/gen/sdk.gen";

/** How often one says that one is still here, in ms: less than a third of what the server waits for it. */
const again = 4_000;

export function Lookers({ number, task }: { number: string; task: string }) {
  const { t } = useTranslation("desk");
  const { data } = useQuery({
    queryKey: ["lookers", number, task],
    queryFn: () => answer(lookAtTask({ path: { number, task } })),
    refetchInterval: again,
    gcTime: 0,
    retry: false,
  });
  useEffect(() => {
    const leave = () => void leaveTask({ path: { number, task }, keepalive: true }).catch(() => undefined);
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      leave();
    };
  }, [number, task]);
  const names = data?.names ?? [];
  return <span role="status">{names.length > 0 && <Tag color="purple" icon={<EyeOutlined />}>{t("others", { names: names.join(t("between")) })}</Tag>}</span>;
}
