-- name: PutDeputy :one
INSERT INTO deputy (org, account, deputy, from_day, until_day, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id;

-- name: EndDeputy :execrows
UPDATE deputy SET ended_by = sqlc.arg(ended_by), ended_at = sqlc.arg(at)::timestamptz WHERE id = $1 AND org = $2 AND ended_at IS NULL;

-- name: Deputy :one
SELECT * FROM deputy WHERE id = $1 AND org = $2;

-- name: Deputies :many
SELECT * FROM deputy WHERE org = $1 AND ended_at IS NULL AND until_day > sqlc.arg(day)::date ORDER BY from_day, id;

-- name: StandsInFor :many
SELECT d.account FROM deputy d JOIN account a ON a.id = d.deputy AND a.active
WHERE d.deputy = $1 AND d.org = $2 AND d.ended_at IS NULL AND d.from_day <= sqlc.arg(day)::date AND d.until_day > sqlc.arg(day)::date
ORDER BY d.account;

-- name: DeputiesOf :many
SELECT d.account, d.org, a.name FROM deputy d JOIN account a ON a.id = d.deputy AND a.active
WHERE d.account = ANY (sqlc.arg(accounts)::text[]) AND d.ended_at IS NULL AND d.from_day <= sqlc.arg(day)::date AND d.until_day > sqlc.arg(day)::date
ORDER BY d.account, d.org, a.name, d.id;

-- name: PutHandover :execrows
INSERT INTO handover (id, org, account, successor, reason, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING;

-- name: Handover :one
SELECT * FROM handover WHERE id = $1;

-- name: DeskOf :many
-- The cases in which somebody has, has delegated or is to sign something, or would have it back.
SELECT DISTINCT t.case_no FROM task t
WHERE t.org = $1 AND t.case_no > sqlc.arg(after)::text
  AND (t.status = 'open' AND (t.claimed = sqlc.arg(account)::text OR t.data ->> 'owner' = sqlc.arg(account)::text)
    OR t.status = 'done' AND t.done_by = sqlc.arg(account)::text AND t.data ->> 'doneAct' = 'sendBack'
       AND EXISTS (SELECT 1 FROM case_record c WHERE c.case_no = t.case_no AND c.status <> 'closed'))
UNION -- signatures promised for a link whose turn has not come
SELECT s.case_no FROM case_step s
WHERE s.org = $1 AND s.case_no > sqlc.arg(after)::text AND s.status = 'open'
  AND s.data -> 'signers' @> jsonb_build_array(jsonb_build_object('account', sqlc.arg(account)::text))
  AND NOT coalesce(s.data -> 'signed' ? sqlc.arg(account)::text, false)
ORDER BY 1 LIMIT sqlc.arg(most);

-- name: VacantPosts :many
-- Posts that a case waits for and nobody holds: no active account has the role or, in a department, one above it.
-- headless: nobody heads the organisation either. A post on record is found again when its head has come or gone.
SELECT t.case_no, t.org, t.role, (h.heads = 0)::boolean AS headless
FROM (SELECT DISTINCT case_no, org, role FROM task WHERE status = 'open' AND org <> '' AND role NOT IN ('', 'organ-head') AND claimed = '') t
CROSS JOIN LATERAL (SELECT count(*) AS heads FROM account_role r JOIN account a ON a.id = r.account AND a.active
    WHERE r.org = t.org AND r.role = 'organ-head') h
WHERE NOT EXISTS (SELECT 1 FROM account_role r JOIN account a ON a.id = r.account AND a.active
      WHERE r.org = t.org AND r.role = ANY (CASE t.role
          WHEN 'handle' THEN ARRAY['handle', 'check', 'approve'] WHEN 'check' THEN ARRAY['check', 'approve']
          WHEN 'lead' THEN ARRAY['lead', 'approve'] ELSE ARRAY[t.role] END))
  AND NOT EXISTS (SELECT 1 FROM dossier d WHERE d.case_no = t.case_no AND d.kind = 'vacancy' AND d.status = 'open'
      AND d.org = t.org AND d.data -> 'vacancy' ->> 'role' = t.role
      AND coalesce((d.data -> 'vacancy' ->> 'headless')::boolean, false) = (h.heads = 0))
ORDER BY t.case_no, t.org, t.role LIMIT sqlc.arg(most);

-- name: FilledPosts :many
-- Vacancies on record that are none any more, of cases that are open or still have something to do.
SELECT DISTINCT d.case_no, d.org, (d.data -> 'vacancy' ->> 'role')::text AS role FROM dossier d
JOIN case_record c ON c.case_no = d.case_no
WHERE d.kind = 'vacancy' AND d.status = 'open'
  AND (c.status <> 'closed' OR EXISTS (SELECT 1 FROM task t WHERE t.case_no = d.case_no AND t.status = 'open'))
  AND EXISTS (SELECT 1 FROM account_role r JOIN account a ON a.id = r.account AND a.active
      WHERE r.org = d.org AND r.role = ANY (CASE d.data -> 'vacancy' ->> 'role'
          WHEN 'handle' THEN ARRAY['handle', 'check', 'approve'] WHEN 'check' THEN ARRAY['check', 'approve']
          WHEN 'lead' THEN ARRAY['lead', 'approve'] ELSE ARRAY[d.data -> 'vacancy' ->> 'role'] END))
ORDER BY d.case_no, d.org, 3 LIMIT sqlc.arg(most);

-- name: Draft :one
SELECT * FROM draft WHERE account = $1 AND org = $2 AND name = $3;

-- name: Drafts :many
SELECT * FROM draft WHERE account = $1 AND org = $2 ORDER BY updated_at DESC, name LIMIT 1000;

-- name: NewDraft :execrows
INSERT INTO draft (account, org, name, body, updated_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING;

-- name: SaveDraft :execrows
UPDATE draft SET body = sqlc.arg(body), version = version + 1, updated_at = sqlc.arg(at)::timestamptz
WHERE account = $1 AND org = $2 AND name = $3 AND version = sqlc.arg(version);

-- name: DropDraft :execrows
DELETE FROM draft WHERE account = $1 AND org = $2 AND name = $3;
