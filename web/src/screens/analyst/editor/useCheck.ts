// What the server says of the text while it is written.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { answer } from "../../../api/client";
import { checkItem, getLanguageNames, getLanguageSchema } from "../../../api/gen/sdk.gen";
import type { Checked } from "../../../api/gen/types.gen";
import type { FlowGraph } from "../../../parts/flow/types";
import type { Schema } from "../language/schema";

/** The value after somebody has stopped typing for so long, in ms. */
export function useSettled<T>(value: T, after = 450): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(() => value), after);
    return () => clearTimeout(timer);
  }, [value, after]);
  return settled;
}

export function useCheck(text: string | undefined) {
  const settled = useSettled(text);
  const check = useQuery({
    queryKey: ["definition-check", settled],
    queryFn: ({ signal }) => answer(checkItem({ body: new Blob([settled!]), signal })),
    enabled: settled !== undefined,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 30_000,
  });
  return { ...check, current: !check.isPlaceholderData && settled === text };
}

/** The flow of a check; while the text cannot be read, the last one that could. */
export function useFlow(checked: Checked | undefined): FlowGraph | undefined {
  const [last, setLast] = useState<FlowGraph>();
  const flow = checked?.flow as FlowGraph | undefined;
  useEffect(() => {
    if (flow && flow.nodes.length > 2) setLast(flow);
  }, [flow]);
  return flow && flow.nodes.length > 2 ? flow : (last ?? flow);
}

export function useLanguage() {
  const schema = useQuery({ queryKey: ["language-schema"], queryFn: async () => (await answer(getLanguageSchema())) as Schema, staleTime: Infinity });
  const names = useQuery({ queryKey: ["language-names"], queryFn: () => answer(getLanguageNames()), staleTime: 60_000 });
  return { schema: schema.data, names: names.data };
}
