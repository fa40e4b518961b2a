-- name: SourceCursor :one
SELECT position FROM source_cursor FOR UPDATE SKIP LOCKED;

-- name: MoveSourceCursor :exec
UPDATE source_cursor SET position = $1;

-- name: SourceEvents :many
SELECT sqlc.embed(e)
FROM feed f JOIN case_event e ON e.case_no = f.case_no AND e.seq BETWEEN f.from_seq AND f.to_seq AND e.type = ANY (sqlc.arg(types)::text[])
WHERE f.position > sqlc.arg(after) AND f.position <= sqlc.arg(upto)
ORDER BY f.position, e.seq;

-- name: CaseItems :many
SELECT case_no, item, definition FROM case_record WHERE case_no = ANY (sqlc.arg(cases)::text[]);

-- name: PutHeldPaper :exec
INSERT INTO held_paper (case_no, paper, item, name, hash, file, type, size, grade, until, checked_by, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, sqlc.narg(until), $10, $11)
ON CONFLICT (case_no, paper) DO UPDATE SET name = excluded.name, hash = excluded.hash, file = excluded.file, type = excluded.type,
    size = excluded.size, grade = excluded.grade, until = excluded.until, checked_by = excluded.checked_by, at = excluded.at;

-- name: PutCertificate :exec
INSERT INTO certificate (case_no, output, item, kind, name, number, org, issued_at, until, hash, data)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, sqlc.narg(until), $9, $10)
ON CONFLICT (case_no, output) DO UPDATE SET number = excluded.number, org = excluded.org, issued_at = excluded.issued_at,
    until = excluded.until, hash = excluded.hash, data = excluded.data;

-- name: ChangeCertificate :exec
UPDATE certificate SET
    number = coalesce(sqlc.narg(number), number),
    hash = coalesce(sqlc.narg(hash), hash),
    data = CASE jsonb_typeof(data) WHEN 'object' THEN data ELSE '{}' END || sqlc.arg(patch)::jsonb,
    annulled_at = coalesce(sqlc.narg(annulled_at), annulled_at)
WHERE case_no = sqlc.arg(case_no) AND output = sqlc.arg(output);

-- name: HeldPapers :many
SELECT p.* FROM applicant a JOIN held_paper p USING (case_no)
WHERE a.id <> '' AND upper(a.id) = upper(sqlc.arg(holder)::text) AND p.name = ANY (sqlc.arg(names)::text[])
ORDER BY p.at DESC, p.case_no DESC, p.paper;

-- name: Certificates :many
SELECT c.* FROM applicant a JOIN certificate c USING (case_no)
WHERE a.id <> '' AND upper(a.id) = upper(sqlc.arg(holder)::text) AND c.name = ANY (sqlc.arg(names)::text[])
ORDER BY c.issued_at DESC, c.case_no DESC, c.output;
