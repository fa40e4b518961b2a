-- name: DefinitionDrafts :many
SELECT id, name, base_item, base_version, revision, state, writers, created_by, created_at, changed_by, changed_at
FROM definition_draft
WHERE state <> 'published' AND changed_at <= sqlc.arg(before_at)::timestamptz AND (changed_at < sqlc.arg(before_at)::timestamptz OR id > sqlc.arg(after_id)::text)
ORDER BY changed_at DESC, id LIMIT sqlc.arg(most)::int;

-- name: DefinitionDraft :one
SELECT * FROM definition_draft WHERE id = $1;

-- name: LockDefinitionDraft :one
SELECT * FROM definition_draft WHERE id = $1 FOR UPDATE;

-- name: NewDefinitionDraft :execrows
INSERT INTO definition_draft (id, name, text, tests, base_item, base_version, writers, created_by, created_at, changed_by, changed_at)
VALUES (sqlc.arg(id), sqlc.arg(name), sqlc.arg(text), sqlc.arg(tests), sqlc.arg(base_item), sqlc.arg(base_version),
    sqlc.arg(writers)::text[], sqlc.arg(account)::text, sqlc.arg(at), sqlc.arg(account)::text, sqlc.arg(at)) ON CONFLICT DO NOTHING;

-- name: SaveDefinitionDraft :exec
UPDATE definition_draft SET name = sqlc.arg(name), text = sqlc.arg(text), tests = sqlc.arg(tests), revision = revision + 1,
    writers = ARRAY(SELECT DISTINCT w FROM unnest(writers || sqlc.arg(writers)::text[]) w ORDER BY w),
    changed_by = sqlc.arg(account)::text, changed_at = sqlc.arg(at) WHERE id = sqlc.arg(id);

-- name: DropDefinitionDraft :exec
DELETE FROM definition_draft WHERE id = $1;

-- name: MoveDefinitionDraft :exec
UPDATE definition_draft SET state = sqlc.arg(state) WHERE id = sqlc.arg(id);

-- name: NewDefinitionRequest :exec
INSERT INTO definition_request (draft, revision, note, writers, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: DecideDefinitionRequest :exec
UPDATE definition_request SET decision = sqlc.arg(decision), decided_by = sqlc.arg(decided_by), decided_at = sqlc.arg(decided_at)::timestamptz,
    reason = sqlc.arg(reason), item = sqlc.narg(item), version = sqlc.narg(version) WHERE draft = sqlc.arg(draft) AND decision = '';

-- name: DefinitionRequests :many
SELECT * FROM definition_request WHERE draft = $1 ORDER BY id DESC;

-- name: DefinitionOrigins :many
SELECT * FROM definition_request WHERE item = sqlc.arg(item)::text AND decision = 'published' ORDER BY id;

-- name: PutDefinitionTest :exec
INSERT INTO definition_test (item, version, name, text) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: DefinitionTests :many
SELECT name, text FROM definition_test WHERE item = $1 AND version = $2 ORDER BY name;

-- name: TurnDefinition :execrows
UPDATE definition_version SET suspended = $3, suspended_why = $4 WHERE item = $1 AND version = $2 AND suspended <> $3;

-- name: NoteDefinitionSuspension :exec
INSERT INTO definition_suspension (item, version, suspended, reason, account, at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: DefinitionSuspensions :many
SELECT * FROM definition_suspension WHERE item = $1 ORDER BY id;

-- name: CasesPerVersion :many
SELECT v.item, v.version, r.status, count(*) AS cases FROM definition_version v JOIN case_record r ON r.definition = v.hash
WHERE v.item = $1 GROUP BY v.item, v.version, r.status ORDER BY v.version, r.status;

-- name: CasesOfVersion :many
SELECT case_no, status, outcome, region, received_at, closed_at FROM case_record
WHERE definition = sqlc.arg(definition) AND (sqlc.arg(status)::text = '' OR status = sqlc.arg(status))
  AND (received_at, case_no) < (sqlc.arg(before_at)::timestamptz, sqlc.arg(before_case)::text)
ORDER BY received_at DESC, case_no DESC LIMIT sqlc.arg(most);
