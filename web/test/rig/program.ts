// The program under test: `lianban dev` on an empty folder, as somebody trying it out would start it.
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    server: string;
    data: string;
    program: string;
  }
}

/** How long a first start may take, in ms: it makes a database cluster. */
const startWithin = 180_000;

export default async function setup(project: TestProject) {
  const program = resolve(process.env.LIANBAN_PROGRAM ?? "../bin/lianban");
  const data = mkdtempSync(join(tmpdir(), "lianban-console-"));
  // PostgreSQL's user passes through, so that the database lies inside and goes with the folder; whoever sweeps
  // up after killed runs sees that its owner lives.
  chmodSync(data, 0o711);
  writeFileSync(join(data, ".owner"), String(process.pid));
  const child = spawn(program, ["dev", "--data", join(data, "data"), "--listen", "127.0.0.1:0", "--quiet"], { stdio: ["ignore", "pipe", "inherit"] });
  const server = await new Promise<string>((found, failed) => {
    const late = setTimeout(() => failed(new Error(`${program} dev was not ready within ${startWithin / 1000} s`)), startWithin);
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const address = /^ready (\S+)\n/m.exec(said);
      if (address) {
        clearTimeout(late);
        found(address[1]!);
      }
    });
    child.on("exit", (code) => failed(new Error(`${program} dev ended with ${code}`)));
    child.on("error", failed);
  });
  project.provide("server", server);
  project.provide("data", join(data, "data"));
  project.provide("program", program);
  return async () => {
    child.removeAllListeners("exit");
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGTERM");
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
}
