-- name: PutDefinition :execrows
INSERT INTO definition_version (item, version, code, name, effective_on, hash, canonical, source, published_by, published_at, spelling)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING;

-- name: Definition :one
SELECT * FROM definition_version WHERE item = $1 AND version = $2;

-- name: DefinitionByHash :one
SELECT * FROM definition_version WHERE hash = $1;

-- name: DefinitionInForce :one
SELECT * FROM definition_version WHERE item = $1 AND effective_on <= sqlc.arg(day) ORDER BY effective_on DESC, published_at DESC LIMIT 1;

-- name: Definitions :many
SELECT item, version, code, name, effective_on, hash, published_by, published_at, suspended, suspended_why FROM definition_version
WHERE (sqlc.arg(item)::text = '' OR item = sqlc.arg(item)) ORDER BY item, effective_on DESC, published_at DESC;

-- name: FindDefinitions :many
-- Every version of the items of which one version has a name or code that is asked for.
SELECT item, version, code, name, effective_on, hash, published_by, published_at, suspended, suspended_why FROM definition_version
WHERE item IN (
    SELECT d.item FROM definition_version d
    WHERE position(lower(sqlc.arg(text)::text) IN lower(d.name)) > 0 OR starts_with(lower(d.code), lower(sqlc.arg(text)::text))
       OR starts_with(lower(d.item), lower(sqlc.arg(text)::text)) OR sqlc.arg(spelled)::text <> '' AND d.spelling ~ sqlc.arg(spelled)::text
) ORDER BY item, effective_on DESC, published_at DESC;

-- name: SuspendDefinition :execrows
UPDATE definition_version SET suspended = $3, suspended_why = $4 WHERE item = $1 AND version = $2;

-- name: PutCalendar :execrows
INSERT INTO calendar_version (region, version, data, loaded_at) VALUES ($1, $2, $3, $4) ON CONFLICT (region, version) DO NOTHING;

-- name: UseCalendar :exec
INSERT INTO calendar_current (region, version, since) VALUES ($1, $2, $3)
ON CONFLICT (region) DO UPDATE SET version = excluded.version, since = excluded.since;

-- name: Calendar :one
SELECT * FROM calendar_version WHERE region = $1 AND version = $2;

-- name: CalendarByVersion :one
SELECT * FROM calendar_version WHERE version = $1 ORDER BY position DESC LIMIT 1;

-- name: LatestCalendar :one
SELECT v.* FROM calendar_current c JOIN calendar_version v ON v.region = c.region AND v.version = c.version
WHERE starts_with(sqlc.arg(region)::text, c.region) ORDER BY length(c.region) DESC LIMIT 1;

-- name: Calendars :many
SELECT v.region, v.version, v.loaded_at, EXISTS (SELECT 1 FROM calendar_current c WHERE c.region = v.region AND c.version = v.version) AS current
FROM calendar_version v ORDER BY v.region, v.position;

-- name: BusinessClock :one
SELECT ahead FROM business_clock;

-- name: MoveClock :one
UPDATE business_clock SET ahead = greatest(ahead, sqlc.arg(ahead)::bigint), moved_at = clock_timestamp() RETURNING ahead;

-- name: PutFile :exec
INSERT INTO file (hash, size, type) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING;

-- name: PutUpload :one
INSERT INTO upload (hash, name, account, org, at, case_no) VALUES ($1, $2, $3, $4, $5, sqlc.narg(case_no)) RETURNING id;

-- name: File :one
SELECT * FROM file WHERE hash = $1;

-- name: Uploads :many
SELECT * FROM upload WHERE hash = $1 ORDER BY id;

-- name: PapersOfFile :many
SELECT case_no, id FROM material WHERE hash = $1 ORDER BY case_no, id;

-- name: Files :many
SELECT * FROM file WHERE hash = ANY (sqlc.arg(hashes)::text[]);
