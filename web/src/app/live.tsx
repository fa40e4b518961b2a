// What happens elsewhere reaches this page: events of the server make stale what they name, and the
// query client reads it again where it is on screen. Nobody reloads.
import { useQueryClient } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useState } from "react";
import type { ReactNode } from "react";

interface Live {
  /** The server can be heard. True until the first silence, so that nothing flashes at a start. */
  connected: boolean;
}

const LiveContext = createContext<Live>({ connected: true });

export const useLive = () => useContext(LiveContext);

export interface LiveMessage {
  kind: string;
  data?: { number?: string; [key: string]: unknown };
}

/** Listeners for messages that are more than "read again", such as who else looks at a task. */
const listeners = new Set<(m: LiveMessage) => void>();

export function useLiveMessages(listen: (m: LiveMessage) => void): void {
  useEffect(() => {
    listeners.add(listen);
    return () => void listeners.delete(listen);
  }, [listen]);
}

/** Many events come at once when a case moves: lists are read again at most this often, in ms. */
const pause = 400;

class Stale {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private keys = new Map<string, readonly unknown[]>();
  constructor(private readonly cache: QueryClient) {}
  mark(key: readonly unknown[]) {
    this.keys.set(JSON.stringify(key), key);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      for (const k of this.keys.values()) void this.cache.invalidateQueries({ queryKey: k });
      this.keys.clear();
    }, pause);
  }
  stop() {
    clearTimeout(this.timer);
  }
}

/** Keys of queries: ["case", NUMBER, …] is of one case, ["tasks", …] inboxes, ["cases", …], ["cards", …] lists. */
function staleBy(m: LiveMessage): (readonly unknown[])[] {
  if (m.kind === "presence") return [];
  const keys: (readonly unknown[])[] = [["tasks"], ["cases"], ["cards"]];
  if (m.data?.number) keys.push(["case", m.data.number]);
  return keys;
}

/** Listens where hears is true: events are of cases, and the server tells them to those alone who take part in cases. */
export function LiveProvider({ hears, children }: { hears: boolean; children: ReactNode }) {
  const cache = useQueryClient();
  const [connected, setConnected] = useState(true);
  useEffect(() => {
    if (!hears) return;
    const stale = new Stale(cache);
    let missed = false;
    const hear = (m: LiveMessage) => {
      switch (m.kind) {
        case "connected":
          setConnected(true);
          // What came while nobody listened is not told again.
          if (missed) void cache.invalidateQueries();
          missed = false;
          return;
        case "disconnected":
          missed = true;
          setConnected(false);
          return;
        case "refused":
        case "closed":
          void cache.invalidateQueries({ queryKey: ["session"] });
          return;
      }
      for (const key of staleBy(m)) stale.mark(key);
      for (const listen of listeners) listen(m);
    };
    const stop = listenShared(hear);
    return () => {
      stop();
      stale.stop();
    };
  }, [cache, hears]);
  return <LiveContext.Provider value={{ connected }}>{children}</LiveContext.Provider>;
}

function listenShared(hear: (m: LiveMessage) => void): () => void {
  const worker = new SharedWorker(new URL("./live.worker.ts", import.meta.url), { type: "module", name: "lianban-live" });
  const { port } = worker;
  port.onmessage = (e: MessageEvent<LiveMessage>) => hear(e.data);
  port.postMessage("connect");
  const bye = () => port.postMessage("bye");
  // A refused connection is tried again now and then: the session may be new.
  const again = setInterval(() => port.postMessage("connect"), 15_000);
  addEventListener("pagehide", bye);
  return () => {
    clearInterval(again);
    removeEventListener("pagehide", bye);
    bye();
  };
}
