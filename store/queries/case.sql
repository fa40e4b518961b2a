-- name: Head :one
SELECT * FROM case_head WHERE case_no = $1;

-- name: UnconfirmedTails :many
SELECT * FROM case_head
WHERE confirmed_seq < last_seq AND moved_at < clock_timestamp() - sqlc.arg(age)::interval
ORDER BY moved_at LIMIT sqlc.arg(most);

-- name: Alarms :many
SELECT * FROM case_head WHERE alarm <> '' AND case_no > sqlc.arg(after) ORDER BY case_no LIMIT sqlc.arg(most);

-- name: CaseRecord :one
SELECT sqlc.embed(r), a.name, a.id, a.phone, f.answers, f.form, h.last_seq, h.confirmed_seq, h.alarm
FROM case_record r JOIN applicant a USING (case_no) JOIN case_form f USING (case_no) JOIN case_head h USING (case_no)
WHERE r.case_no = $1;

-- name: CaseOrgs :many
SELECT org, item, received_at, closed FROM case_org WHERE case_no = $1 ORDER BY org COLLATE "C";

-- name: Steps :many
SELECT data FROM case_step WHERE case_no = $1 ORDER BY ordinal, id;

-- name: Tasks :many
SELECT data FROM task WHERE case_no = $1 ORDER BY data ->> 'openedAt', id;

-- name: Task :one
SELECT data FROM task WHERE case_no = $1 AND id = $2;

-- name: Materials :many
SELECT data FROM material WHERE case_no = $1 ORDER BY id;

-- name: Notices :many
SELECT data FROM notice WHERE case_no = $1 ORDER BY at, id;

-- name: Results :many
SELECT data FROM result WHERE case_no = $1 ORDER BY at, id;

-- name: Dossier :many
SELECT data FROM dossier WHERE case_no = $1 ORDER BY kind, at, id;

-- name: Timeline :many
SELECT sqlc.embed(e), h.confirmed_seq FROM case_event e JOIN case_head h USING (case_no)
WHERE e.case_no = $1 AND e.seq > sqlc.arg(after) ORDER BY e.seq LIMIT sqlc.arg(most);

-- name: Feed :many
SELECT * FROM feed WHERE position > $1 ORDER BY position LIMIT sqlc.arg(most);

-- name: FeedEnd :one
SELECT coalesce(max(position), 0)::bigint FROM feed;

-- name: FeedEvents :many
SELECT f.position, sqlc.embed(e)
FROM feed f JOIN case_event e ON e.case_no = f.case_no AND e.seq BETWEEN f.from_seq AND f.to_seq
WHERE f.position >= sqlc.arg(position) AND (f.position > sqlc.arg(position) OR e.seq > sqlc.arg(seq))
  AND (sqlc.narg(orgs)::text[] IS NULL OR EXISTS (SELECT 1 FROM case_org o WHERE o.case_no = f.case_no AND o.org = ANY (sqlc.narg(orgs)::text[])))
ORDER BY f.position, e.seq LIMIT sqlc.arg(most);
