// What a screen shows, as a file for spreadsheets: fetched like everything else, so that a refusal is shown and a table that
// broke off half way is no file at all.
import { DownloadOutlined } from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { App, Button, Space } from "antd";
import { useTranslation } from "react-i18next";
import { answer } from "../api/client";
import { client } from "../api/gen/client.gen";
import { saveFile } from "./saveFile";
import { useRefusal } from "./Refusal";

const formats = ["csv", "xlsx"] as const;
type Format = (typeof formats)[number];

export function ExportButtons({ path, query, what }: {
  /** Below /v1/exports/. */
  path: string;
  query: Record<string, string | number | boolean | undefined>;
  /** What is in the file, for those who do not see what the buttons stand at. */
  what: string;
}) {
  const { t, i18n } = useTranslation();
  const { message } = App.useApp();
  const refuse = useRefusal();
  const get = useMutation({
    mutationFn: async (format: Format) => {
      const lang = i18n.language.startsWith("en") ? "en" : "zh";
      const got = await (client.get<Blob, unknown>({ url: `/v1/exports/${path}`, query: { ...query, format, lang }, parseAs: "blob" }) as Promise<{ data?: Blob; error?: unknown; response?: Response }>);
      const file = await answer(Promise.resolve(got));
      return { file, name: /filename="?([^";]+)"?/.exec(got.response?.headers.get("Content-Disposition") ?? "")?.[1] ?? `export.${format}` };
    },
    onSuccess: ({ file, name }) => {
      saveFile(name, file);
      void message.success(t("export.done", { name }));
    },
    onError: refuse,
  });
  return (
    <Space.Compact>
      {formats.map((f) => (
        <Button key={f} size="small" icon={<DownloadOutlined aria-hidden />} loading={get.isPending && get.variables === f} disabled={get.isPending && get.variables !== f}
          aria-label={t("export.as", { what, format: f.toUpperCase() })} onClick={() => get.mutate(f)}>{f.toUpperCase()}</Button>
      ))}
    </Space.Compact>
  );
}
