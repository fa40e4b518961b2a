// Begins a draft: empty, from a version, or from a file.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import type { ButtonProps } from "antd";
import { useRef } from "react";
import { answer, newKey } from "../../api/client";
import { newDefinitionDraft } from "../../api/gen/sdk.gen";
import type { DefinitionDraftIn } from "../../api/gen/types.gen";
import { useRefusal } from "../../parts/Refusal";

export function NewDraft({ from, children, ...button }: { from: DefinitionDraftIn } & ButtonProps) {
  const navigate = useNavigate();
  const cache = useQueryClient();
  const refuse = useRefusal();
  const key = useRef(newKey());
  const begin = useMutation({
    mutationFn: () => answer(newDefinitionDraft({ body: from, headers: { "Idempotency-Key": key.current } })),
    onSuccess: (d) => {
      key.current = newKey();
      cache.setQueryData(["definition-draft", d.id], d);
      void cache.invalidateQueries({ queryKey: ["items"] });
      void navigate({ to: "/editor/$draft", params: { draft: d.id } });
    },
    onError: refuse,
  });
  return <Button {...button} loading={begin.isPending} onClick={() => begin.mutate()}>{children}</Button>;
}
