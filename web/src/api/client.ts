// One way to call the server: generated functions, answers unwrapped, refusals thrown as Refused.
import { client } from "./gen/client.gen";
import type { Article, Problem } from "./gen/types.gen";
import { language } from "../app/language";

/** A refusal of the server or the engine: its sentence in both languages, its article, its place. */
export class Refused extends Error {
  constructor(
    readonly problem: Problem,
    /** HTTP status; 0 when no answer came at all. */
    readonly status: number,
  ) {
    super(problem.zh);
  }
  get code(): string {
    return this.problem.code;
  }
  get law(): Article | undefined {
    return this.problem.law;
  }
  /** The sentence in the language of the screen. */
  sentence(lang: string): string {
    return (lang.startsWith("en") ? this.problem.en : this.problem.zh) || this.problem.detail || this.problem.title;
  }
}

client.setConfig({ baseUrl: "", credentials: "same-origin" });

client.interceptors.request.use((request) => {
  request.headers.set("Accept-Language", language());
  // A foreign page cannot add this header without being asked for first: the server takes unsafe
  // calls that rest on the cookie only with it.
  request.headers.set("Lianban-Console", "1");
  return request;
});

type Answer<T> = { data?: T; error?: unknown; response?: Response };

/** The data of a call, or Refused. */
export async function answer<T>(call: Promise<Answer<T>>): Promise<T> {
  let got: Answer<T>;
  try {
    got = await call;
  } catch {
    throw unreachable();
  }
  if (got.error === undefined && got.response?.ok) {
    return got.data as T;
  }
  if (!got.response) {
    throw unreachable();
  }
  const body = got.error as Partial<Problem> | undefined;
  if (body && typeof body === "object" && typeof body.code === "string") {
    throw new Refused(body as Problem, got.response.status);
  }
  throw new Refused(
    {
      type: "about:blank",
      title: got.response.statusText || "Error",
      status: got.response.status,
      code: "unreadable",
      zh: `服务器的答复无法读取（${got.response.status}）`,
      en: `the server's answer cannot be read (${got.response.status})`,
    } as Problem,
    got.response.status,
  );
}

function unreachable(): Refused {
  return new Refused(
    {
      type: "about:blank",
      title: "Unreachable",
      status: 0,
      code: "unreachable",
      zh: "连不上服务器。网络恢复后再试，已填写的内容仍在。",
      en: "The server cannot be reached. Try again once the network is back; what you filled in is kept.",
    } as Problem,
    0,
  );
}

/** A new name for an intent: the same key sent again is the same act, never a second one. */
export function newKey(): string {
  // Not randomUUID: it exists only where the page came over HTTPS, and halls run on plain intranets.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}
