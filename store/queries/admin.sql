-- name: LockAdministration :exec
SELECT pg_advisory_xact_lock(7810425398);

-- name: PutAdminChange :one
SELECT put_admin_change(sqlc.arg(at)::timestamptz, sqlc.arg(account)::text, sqlc.arg(org)::text, sqlc.arg(kind)::text, sqlc.arg(subject)::text,
    sqlc.arg(act)::text, sqlc.narg(before)::json, sqlc.narg(after)::json)::bigint;

-- name: WriteOrganisation :exec
INSERT INTO organisation (code, credit_code, name, name_en, parent, region, kind, mark, closed_on, revision)
VALUES (sqlc.arg(code), sqlc.arg(credit_code), sqlc.arg(name), sqlc.arg(name_en), sqlc.narg(parent), sqlc.arg(region), sqlc.arg(kind), sqlc.arg(mark), sqlc.narg(closed_on), sqlc.arg(revision))
ON CONFLICT (code) DO UPDATE SET credit_code = excluded.credit_code, name = excluded.name, name_en = excluded.name_en, parent = excluded.parent,
    region = excluded.region, kind = excluded.kind, mark = excluded.mark, closed_on = excluded.closed_on, revision = excluded.revision;

-- name: OrganisationUse :one
-- What stands in the way of closing an organisation on a day.
SELECT
    (SELECT count(*) FROM organisation o WHERE o.parent = sqlc.arg(code)::text AND (o.closed_on IS NULL OR o.closed_on > sqlc.arg(day)::date))::bigint AS below,
    (SELECT count(*) FROM party_org p WHERE p.org = sqlc.arg(code)::text AND p.until_day > sqlc.arg(day)::date)::bigint AS parties,
    (SELECT count(*) FROM hall_window w WHERE w.hall = sqlc.arg(code)::text AND NOT w.closed)::bigint AS windows,
    (SELECT count(*) FROM task t WHERE t.org = sqlc.arg(code)::text AND t.status = 'open')::bigint AS tasks,
    (SELECT count(DISTINCT r.account) FROM account_role r JOIN account a ON a.id = r.account AND a.active WHERE r.org = sqlc.arg(code)::text)::bigint AS people;

-- name: WriteAccount :exec
INSERT INTO account (id, login, name, initials, post, external, password_hash, password_temporary, active, revision)
VALUES (sqlc.arg(id), sqlc.arg(login), sqlc.arg(name), sqlc.arg(initials), sqlc.arg(post), sqlc.arg(external), sqlc.narg(password_hash), sqlc.arg(password_temporary), sqlc.arg(active), sqlc.arg(revision))
ON CONFLICT (id) DO UPDATE SET login = excluded.login, name = excluded.name, initials = excluded.initials, post = excluded.post, external = excluded.external,
    password_hash = excluded.password_hash, password_temporary = excluded.password_temporary, active = excluded.active, revision = excluded.revision;

-- name: DropRoles :exec
DELETE FROM account_role WHERE account = $1;

-- name: AccountByExternal :one
SELECT * FROM account WHERE external = $1 AND external <> '';

-- name: DesksOf :many
-- In which organisations somebody has something to hand over first, and in how many cases.
SELECT t.org, count(DISTINCT t.case_no)::bigint AS cases FROM task t
WHERE t.status = 'open' AND (t.claimed = sqlc.arg(account)::text OR t.data ->> 'owner' = sqlc.arg(account)::text)
   OR t.status = 'done' AND t.done_by = sqlc.arg(account)::text AND t.data ->> 'doneAct' = 'sendBack'
      AND EXISTS (SELECT 1 FROM case_record c WHERE c.case_no = t.case_no AND c.status <> 'closed')
GROUP BY t.org ORDER BY t.org;

-- name: OtherAdministrators :one
SELECT count(DISTINCT r.account)::bigint FROM account_role r JOIN account a ON a.id = r.account AND a.active
WHERE r.role = 'admin' AND r.account <> sqlc.arg(but)::text;

-- name: PartyEntries :many
SELECT * FROM party_org WHERE item = $1 AND party = $2 AND region = $3 ORDER BY from_day;

-- name: WritePartyOrg :exec
INSERT INTO party_org (item, party, region, org, from_day, until_day, revision) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (item, party, region, from_day) DO UPDATE SET org = excluded.org, until_day = excluded.until_day, revision = excluded.revision;

-- name: DropPartyOrg :exec
DELETE FROM party_org WHERE item = $1 AND party = $2 AND region = $3 AND from_day = $4;

-- name: Windows :many
SELECT w.id, w.hall, w.name, w.name_en, w.fallback, w.closed, w.revision,
    (SELECT coalesce(array_agg(i.item ORDER BY i.item), '{}')::text[] FROM hall_window_item i WHERE i.hall_window = w.id) AS items,
    (SELECT coalesce(array_agg(c.account ORDER BY c.account), '{}')::text[] FROM hall_window_clerk c WHERE c.hall_window = w.id) AS clerks
FROM hall_window w WHERE (sqlc.arg(hall)::text = '' OR w.hall = sqlc.arg(hall)::text) ORDER BY w.hall, w.fallback, w.name, w.id;

-- name: WriteWindow :exec
INSERT INTO hall_window (id, hall, name, name_en, fallback, closed, revision) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_en = excluded.name_en, fallback = excluded.fallback, closed = excluded.closed, revision = excluded.revision;

-- name: DropWindowItems :exec
DELETE FROM hall_window_item WHERE hall_window = $1;

-- name: PutWindowItems :exec
INSERT INTO hall_window_item (hall_window, item) SELECT sqlc.arg(win)::text, unnest(sqlc.arg(items)::text[]);

-- name: DropWindowClerks :exec
DELETE FROM hall_window_clerk WHERE hall_window = $1;

-- name: PutWindowClerks :exec
INSERT INTO hall_window_clerk (hall_window, account) SELECT sqlc.arg(win)::text, unnest(sqlc.arg(accounts)::text[]);

-- name: RolesOf :many
SELECT * FROM account_role WHERE account = ANY (sqlc.arg(accounts)::text[]) ORDER BY account, org, role;
