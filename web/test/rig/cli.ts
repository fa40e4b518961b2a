// What others do at their own machines meanwhile: the same program on its command line, where no screen is looked at.
import { execFileSync } from "node:child_process";
import { inject } from "vitest";

/** What a command says as somebody, in JSON. */
export function says<T>(login: string, ...command: string[]): T {
  const said = execFileSync(inject("program"), [...command, "--as", login, "--data", inject("data"), "--json"], { encoding: "utf8" });
  return JSON.parse(said) as T;
}
