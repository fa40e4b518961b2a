-- name: LetterCursor :one
SELECT position FROM letter_cursor;

-- name: LockLetterCursor :one
SELECT position FROM letter_cursor FOR UPDATE NOWAIT;

-- name: MoveLetterCursor :exec
UPDATE letter_cursor SET position = $1;

-- name: NextLetterSerial :one
INSERT INTO letter_serial AS s (org, kind, year, last) VALUES ($1, $2, $3, 1)
ON CONFLICT (org, kind, year) DO UPDATE SET last = s.last + 1 RETURNING last;

-- name: PutLetterTemplate :exec
INSERT INTO letter_template (hash, kind, source) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING;

-- name: LetterTemplate :one
SELECT source FROM letter_template WHERE hash = $1;

-- name: PutLetter :exec
INSERT INTO letter (case_no, id, seq, kind, org, year, serial, number, title, party, party_org, step, notice, at, template, code, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17);

-- name: PutLetterData :exec
INSERT INTO letter_data (case_no, id, data) VALUES ($1, $2, $3);

-- name: Letters :many
SELECT * FROM letter WHERE case_no = $1 ORDER BY seq, id;

-- name: Letter :one
SELECT * FROM letter WHERE case_no = $1 AND id = $2;

-- name: LetterData :one
SELECT data FROM letter_data WHERE case_no = $1 AND id = $2;

-- name: UndrawnLetters :many
SELECT * FROM letter WHERE html IS NULL AND next_draw <= clock_timestamp() ORDER BY made_at, case_no, id LIMIT sqlc.arg(most);

-- name: LettersWithoutPDF :many
SELECT * FROM letter WHERE pdf IS NULL AND next_draw <= clock_timestamp() ORDER BY made_at, case_no, id LIMIT sqlc.arg(most);

-- name: DrawLetter :execrows
UPDATE letter SET html = coalesce(html, sqlc.arg(html)::text), pdf = coalesce(pdf, sqlc.narg(pdf)::text), drawn_at = coalesce(drawn_at, sqlc.arg(drawn_at)::timestamptz)
WHERE case_no = sqlc.arg(case_no) AND id = sqlc.arg(id);

-- name: PutLetterRetry :exec
INSERT INTO letter_retry AS r (position, next_try) VALUES (sqlc.arg(position), sqlc.arg(next_try)::timestamptz)
ON CONFLICT (position) DO UPDATE SET tries = r.tries + 1, next_try = excluded.next_try;

-- name: DropLetterRetry :exec
DELETE FROM letter_retry WHERE position = $1;

-- name: DueLetterRetries :many
SELECT f.*, r.tries FROM letter_retry r JOIN feed f USING (position) WHERE r.next_try <= clock_timestamp() ORDER BY r.position LIMIT sqlc.arg(most);

-- name: LetterBacklog :one
SELECT (coalesce((SELECT max(position) FROM feed), 0) - (SELECT c.position FROM letter_cursor c))::bigint AS behind,
    (SELECT count(*) FROM letter_retry)::bigint AS failed, (SELECT count(*) FROM letter WHERE html IS NULL)::bigint AS undrawn,
    (SELECT count(*) FROM letter_delivery WHERE status = 'waiting')::bigint AS unsent,
    (SELECT count(*) FROM letter_delivery WHERE status = 'failed')::bigint AS given_up;

-- name: LettersOfOrgan :many
SELECT * FROM letter
WHERE org = sqlc.arg(org) AND kind = sqlc.arg(kind) AND year = sqlc.arg(year) AND serial > sqlc.arg(after) ORDER BY serial LIMIT sqlc.arg(most);

-- name: LetteredSeq :one
SELECT coalesce(max(f.to_seq), 0)::bigint FROM feed f JOIN letter_cursor c ON f.position <= c.position WHERE f.case_no = $1;

-- name: CheckLetter :one
SELECT * FROM letter WHERE case_no = $1 AND code = $2;

-- name: PutDelivery :exec
INSERT INTO letter_delivery (case_no, id, channel, status, next_try) VALUES ($1, $2, $3, 'waiting', sqlc.arg(next_try)::timestamptz) ON CONFLICT DO NOTHING;

-- name: ClaimDeliveries :many
UPDATE letter_delivery d SET attempts = d.attempts + 1, next_try = clock_timestamp() + sqlc.arg(lease)::interval
WHERE (d.case_no, d.id, d.channel) IN (
    SELECT w.case_no, w.id, w.channel FROM letter_delivery w
    WHERE w.status = 'waiting' AND w.next_try <= clock_timestamp() AND w.channel = ANY (sqlc.arg(channels)::text[])
    ORDER BY w.next_try FOR UPDATE SKIP LOCKED LIMIT sqlc.arg(most))
RETURNING d.*;

-- name: SettleDelivery :execrows
UPDATE letter_delivery SET status = sqlc.arg(status)::text, next_try = sqlc.arg(next_try)::timestamptz, sent_at = coalesce(sent_at, sqlc.narg(sent_at)::timestamptz),
    delivered_at = sqlc.narg(delivered_at)::timestamptz, proof = sqlc.arg(proof)::text, error = sqlc.arg(error)::text
WHERE case_no = sqlc.arg(case_no) AND id = sqlc.arg(id) AND channel = sqlc.arg(channel) AND status = 'waiting' AND attempts = sqlc.arg(attempts)::integer;

-- name: PutAttempt :exec
INSERT INTO letter_attempt (case_no, id, channel, attempt, at, outcome, detail) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING;

-- name: RecordDelivery :execrows
INSERT INTO letter_delivery AS d (case_no, id, channel, status, attempts, next_try, sent_at, delivered_at, proof)
VALUES (sqlc.arg(case_no), sqlc.arg(id), sqlc.arg(channel), 'delivered', 1, sqlc.arg(at)::timestamptz, sqlc.arg(at)::timestamptz, sqlc.arg(at)::timestamptz, sqlc.arg(proof)::text)
ON CONFLICT (case_no, id, channel) DO UPDATE SET status = 'delivered', sent_at = coalesce(d.sent_at, excluded.sent_at), delivered_at = excluded.delivered_at, proof = excluded.proof
WHERE d.status <> 'delivered';

-- name: DeliveriesOfCase :many
SELECT * FROM letter_delivery WHERE case_no = $1 ORDER BY id, channel;

-- name: LetterAttempts :many
SELECT * FROM letter_attempt WHERE case_no = $1 AND id = $2 ORDER BY channel, attempt;

-- name: UntoldDeliveries :many
SELECT sqlc.embed(d), sqlc.embed(l) FROM letter_delivery d JOIN letter l USING (case_no, id)
WHERE d.status = 'delivered' AND NOT d.told ORDER BY d.delivered_at LIMIT sqlc.arg(most);

-- name: MarkDeliveryTold :exec
UPDATE letter_delivery SET told = true WHERE case_no = $1 AND id = $2 AND channel = $3;

-- name: PostponeDrawing :exec
UPDATE letter SET next_draw = clock_timestamp() + sqlc.arg(pause)::interval WHERE case_no = $1 AND id = $2;

-- name: PutLetterEdition :execrows
INSERT INTO letter_edition (kind, version, from_day, hash, source, published_by, published_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (kind, version) DO NOTHING;

-- name: LetterEditions :many
SELECT * FROM letter_edition WHERE (sqlc.arg(kind)::text = '' OR kind = sqlc.arg(kind)) ORDER BY kind, position DESC;

-- name: LetterEditionInForce :one
SELECT * FROM letter_edition WHERE kind = $1 AND from_day <= sqlc.arg(day) ORDER BY from_day DESC, position DESC LIMIT 1;
