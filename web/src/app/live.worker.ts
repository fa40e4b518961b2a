// One connection for all tabs of this browser: a server that speaks HTTP/1.1 gives a browser six, and
// the seventh tab would hang. A SharedWorker works on plain HTTP, too, where locks do not.
/// <reference lib="webworker" />

const scope = self as unknown as SharedWorkerGlobalScope;

const kinds = ["case", "task", "light", "presence", "closed"];
const ports = new Set<MessagePort>();
let source: EventSource | undefined;
let connected = false;

function tell(message: unknown) {
  for (const port of ports) port.postMessage(message);
}

function connect() {
  source?.close();
  source = new EventSource("/v1/events/stream", { withCredentials: true });
  source.onopen = () => {
    connected = true;
    tell({ kind: "connected" });
  };
  source.onerror = () => {
    connected = false;
    tell({ kind: "disconnected" });
    // A refusal closes for good (the session ended): the page asks who it is and connects again.
    if (source?.readyState === EventSource.CLOSED) tell({ kind: "refused" });
  };
  for (const kind of kinds) {
    source.addEventListener(kind, (e) => tell({ kind, data: JSON.parse((e as MessageEvent<string>).data) }));
  }
}

scope.onconnect = (e) => {
  const port = e.ports[0]!;
  ports.add(port);
  port.onmessage = (m: MessageEvent<string>) => {
    if (m.data === "bye") {
      ports.delete(port);
      if (ports.size === 0) {
        source?.close();
        source = undefined;
      }
    } else if (m.data === "connect") {
      if (!source || source.readyState === EventSource.CLOSED) connect();
      else if (connected) port.postMessage({ kind: "connected" });
    } else if (m.data === "reconnect") {
      connect();
    }
  };
};
