-- name: PutOrganisation :exec
INSERT INTO organisation (code, credit_code, name, name_en, parent, region, kind, mark) VALUES ($1, $2, $3, $4, sqlc.narg(parent), $5, $6, $7)
ON CONFLICT (code) DO UPDATE SET credit_code = excluded.credit_code, name = excluded.name, name_en = excluded.name_en,
    parent = excluded.parent, region = excluded.region, kind = excluded.kind, mark = excluded.mark
WHERE organisation.revision = 1;

-- name: Organisation :one
SELECT * FROM organisation WHERE code = $1;

-- name: Organisations :many
SELECT * FROM organisation ORDER BY region, code;

-- name: PutPartyOrg :exec
INSERT INTO party_org (item, party, region, org, from_day, until_day) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (item, party, region, from_day) DO UPDATE SET org = excluded.org, until_day = excluded.until_day
WHERE party_org.revision = 1;

-- name: PartyOrgs :many
SELECT * FROM party_org ORDER BY item, party, region, from_day;

-- name: PutAccount :execrows
INSERT INTO account (id, login, name, initials, password_hash, active) VALUES ($1, $2, $3, $4, sqlc.narg(password_hash), $5)
ON CONFLICT (id) DO UPDATE SET login = excluded.login, name = excluded.name, initials = excluded.initials,
    password_hash = excluded.password_hash, active = excluded.active
WHERE account.revision = 1;

-- name: AccountByID :one
SELECT * FROM account WHERE id = $1;

-- name: AccountByLogin :one
SELECT * FROM account WHERE login = $1;

-- name: Accounts :many
SELECT * FROM account ORDER BY login;

-- name: AccountNames :many
SELECT id, name FROM account WHERE id = ANY (sqlc.arg(ids)::text[]);

-- name: PutRole :exec
INSERT INTO account_role (account, org, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: DropRole :exec
DELETE FROM account_role WHERE account = $1 AND org = $2 AND role = $3;

-- name: Roles :many
SELECT * FROM account_role WHERE account = $1 ORDER BY org, role;

-- name: AllRoles :many
SELECT * FROM account_role ORDER BY account, org, role;

-- name: PutSession :exec
INSERT INTO session (token_hash, account, org, expires) VALUES ($1, $2, $3, $4);

-- name: Session :one
SELECT s.account, s.org, s.expires, a.login, a.name,
    (SELECT coalesce(array_agg(r.role ORDER BY r.role), '{}')::text[] FROM account_role r WHERE r.account = s.account AND r.org = s.org) AS roles
FROM session s JOIN account a ON a.id = s.account AND a.active
WHERE s.token_hash = $1 AND s.expires > sqlc.arg(now)::timestamptz;

-- name: MoveSession :exec
UPDATE session SET org = sqlc.arg(org) WHERE token_hash = $1;

-- name: EndSession :exec
DELETE FROM session WHERE token_hash = $1;

-- name: EndSessions :exec
DELETE FROM session WHERE account = $1;

-- name: EndOtherSessions :exec
DELETE FROM session WHERE account = $1 AND token_hash <> $2;

-- name: DropExpiredSessions :execrows
DELETE FROM session WHERE expires <= sqlc.arg(now)::timestamptz;
