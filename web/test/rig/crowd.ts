// A hall that has been at work for years: 100,000 open tasks over forty organisations, most of them in one, with clocks
// that run, warn, are over, and stand still. They are written past the log, for looking at alone, and go with tidyHall: all but
// the heads of their cases, which the database lets nobody take away.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";

export const crowd = 100_000;

const fill = (org: string) => `
  CREATE TEMP TABLE n AS SELECT 'CROWD-20260101-' || lpad(i::text, 6, '0') AS case_no, i,
    CASE WHEN i % 5 < 3 THEN '${org}' ELSE 'org-' || i % 40 END AS org FROM generate_series(1, ${crowd}) i;
  INSERT INTO case_head (case_no, last_seq, confirmed_seq, last_hash) SELECT case_no, 1, 1, sha256('x') FROM n ON CONFLICT DO NOTHING;
  INSERT INTO case_record SELECT case_no, 'item-' || i % 50, '某事项', '1', 'd', '210304', 'window', 'accepted', '', '{}', org, '{}',
    now() - i * interval '1 min', now(), NULL, NULL, NULL, NULL, false, false FROM n;
  INSERT INTO applicant (case_no, name, id, phone) SELECT case_no, '某某餐饮店' || i, '', '' FROM n;
  INSERT INTO case_form SELECT case_no, '{}', '{}' FROM n;
  INSERT INTO case_org SELECT case_no, org, 'item-' || i % 50, now() - i * interval '1 min', false FROM n;
  INSERT INTO task SELECT case_no, 'work.1', 'item-' || i % 50, 'work', 'work', 'p', org, (ARRAY['handle', 'check', 'approve'])[1 + i % 3],
    'open', '', '', NULL, due, due - interval '1 day', jsonb_build_object('id', 'work.1', 'step', 'work', 'stepName', '审查', 'kind', 'work', 'round', 1,
      'party', 'p', 'org', org, 'role', 'handle', 'status', 'open', 'openedAt', now(), 'clock', 'work', 'class', 'promised', 'basis', '{"from": "start", "period": "3wd"}'::jsonb, 'due', due, 'warn', due - interval '1 day')
      || CASE WHEN i % 11 = 0 THEN '{"stop": {"pause": "hearing", "kind": "hearing", "until": "2026-12-31"}}'::jsonb ELSE '{}' END, now() - i * interval '1 min'
    FROM (SELECT *, now() + (i % 4000 - 1000) * interval '10 min' AS due FROM n) n;
  ANALYZE task; ANALYZE case_record; ANALYZE applicant;`;

const away = ["task", "case_org", "case_form", "applicant", "case_record"].map((t) => `DELETE FROM ${t} WHERE case_no LIKE 'CROWD-%';`).join("\n");

/** psql as it comes with the server that the program runs. */
function psql(): string {
  const home = "/usr/lib/postgresql";
  const found = existsSync(home) ? readdirSync(home).map((v) => join(home, v, "bin", "psql")).filter(existsSync).at(-1) : undefined;
  return found ?? "psql";
}

function run(sql: string): void {
  // By its environment: what is on a command line is in every message about it, and this has a password.
  const at = new URL(readFileSync(join(inject("data"), "database.dsn"), "utf8").trim());
  const env = { ...process.env, PGHOST: at.hostname, PGPORT: at.port, PGUSER: at.username, PGPASSWORD: at.password, PGDATABASE: at.pathname.slice(1) };
  execFileSync(psql(), ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file=-"], { env, input: sql, stdio: ["pipe", "ignore", "inherit"] });
}

/** Three of five tasks are of this organisation. */
export const fillHall = (org: string) => run(fill(org));
export const tidyHall = () => run(away);
