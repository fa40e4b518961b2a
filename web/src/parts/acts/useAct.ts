// Sends one act. The key is made when the form opens and kept until the act is answered, so that a
// double click, a lost answer and a second try are one act.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { Refused, answer, newKey } from "../../api/client";
import { client } from "../../api/gen/client.gen";
import { getCommand } from "../../api/gen/sdk.gen";
import type { Command, Done, Pending } from "../../api/gen/types.gen";

export interface ActBody {
  step?: string;
  task?: string;
  [field: string]: unknown;
}

/** How often and how long an act that is recorded but not decided yet is asked after, in ms. */
const askEvery = 1500;
const askFor = 60_000;

async function decided(key: string): Promise<Command> {
  for (const began = Date.now(); ; ) {
    await new Promise((go) => setTimeout(go, askEvery));
    const now = await answer(getCommand({ path: { key } }));
    if (now.state === "done") return now;
    if (now.state === "refused" && now.problem) throw new Refused(now.problem, now.problem.status);
    if (Date.now() - began > askFor) {
      throw new Refused(
        {
          type: "about:blank", title: "Waiting", status: 202, code: "still-waiting",
          zh: "已登记，系统恢复后自动办理；可以离开本页，结果会出现在办件经过中。",
          en: "It is recorded and will be decided once the system has recovered. You may leave; the case's history will tell.",
        },
        202,
      );
    }
  }
}

export function useAct(number: string, onDone?: (done: Done | Command) => void) {
  const cache = useQueryClient();
  const key = useRef(newKey());
  return useMutation({
    mutationFn: async ({ act, body }: { act: string; body: ActBody }): Promise<Done | Command> => {
      const got = await answer(
        client.post<Done | Pending, unknown>({
          url: "/v1/cases/{number}/acts/{act}",
          path: { number, act },
          body,
          headers: { "Idempotency-Key": key.current, "Content-Type": "application/json" },
        }) as Promise<{ data?: Done | Pending; error?: unknown; response?: Response }>,
      );
      return "state" in got ? decided(got.key) : got;
    },
    onSuccess: (done) => {
      key.current = newKey();
      void cache.invalidateQueries({ queryKey: ["case", number] });
      void cache.invalidateQueries({ queryKey: ["tasks"] });
      onDone?.(done);
    },
    onError: (error) => {
      // A refusal has used the key up; silence has not.
      if (error instanceof Refused && error.status >= 400 && error.status < 500) key.current = newKey();
    },
  });
}
