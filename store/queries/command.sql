-- name: Command :one
SELECT * FROM command WHERE key = $1;

-- name: CommandsOf :many
SELECT * FROM command WHERE case_no = $1 ORDER BY recorded_at;

-- name: CommandSeq :one
SELECT coalesce(max(seq), 0)::bigint FROM case_event WHERE case_no = $1 AND command = $2;

-- name: ClaimUnanswered :many
-- Acts of a case are sent in the order they were recorded: none is given out while an earlier one is
-- somebody else's, and one sweeper at a time takes those of a case (its start_intent is locked).
WITH due AS (
    SELECT c.key FROM command c JOIN start_intent s ON s.case_no = c.case_no AND s.started
    WHERE c.status = 'pending' AND c.next_try <= clock_timestamp()
      AND NOT EXISTS (SELECT 1 FROM command e WHERE e.case_no = c.case_no AND e.recorded_at < c.recorded_at
          AND e.status = 'pending' AND e.next_try > clock_timestamp())
    ORDER BY c.recorded_at LIMIT sqlc.arg(most) FOR NO KEY UPDATE OF c, s SKIP LOCKED
)
UPDATE command c SET attempts = c.attempts + 1, handed = true, next_try = clock_timestamp() + sqlc.arg(lease)::interval
FROM due WHERE c.key = due.key RETURNING c.*;

-- name: EarlierUnanswered :many
-- Marked as handed: the caller carries them as well as whoever else has them.
WITH e AS (
    UPDATE command c SET handed = true
    WHERE c.key IN (SELECT x.key FROM command x WHERE x.case_no = sqlc.arg(case_no) AND x.recorded_at < sqlc.arg(before) AND x.status = 'pending'
        ORDER BY x.recorded_at LIMIT sqlc.arg(most) FOR NO KEY UPDATE)
      AND c.status = 'pending' RETURNING c.*
)
SELECT * FROM e ORDER BY recorded_at;

-- name: GiveUp :exec
UPDATE command SET handed = true, next_try = clock_timestamp() WHERE key = $1 AND status = 'pending';

-- name: NextSerial :one
INSERT INTO case_serial AS s (code, day, last) VALUES ($1, $2, 1)
ON CONFLICT (code, day) DO UPDATE SET last = s.last + 1 RETURNING last;

-- name: StartIntent :one
SELECT * FROM start_intent WHERE case_no = $1;

-- name: MarkStarted :execrows
UPDATE start_intent SET started = true WHERE case_no = $1;

-- name: ClaimUnstarted :many
UPDATE start_intent SET attempts = attempts + 1, next_try = clock_timestamp() + sqlc.arg(lease)::interval
WHERE case_no IN (
    SELECT s.case_no FROM start_intent s WHERE NOT s.started AND s.next_try <= clock_timestamp()
    ORDER BY s.next_try LIMIT sqlc.arg(most) FOR NO KEY UPDATE SKIP LOCKED
) RETURNING *;

-- name: TrackCode :one
SELECT code_hash FROM track WHERE case_no = $1;

-- name: PutTrackCode :exec
INSERT INTO track (case_no, code_hash) VALUES ($1, $2) ON CONFLICT (case_no) DO UPDATE SET code_hash = excluded.code_hash;

-- name: Attempt :one
INSERT INTO attempt AS a (subject, window_end, tries) VALUES (sqlc.arg(subject), sqlc.arg(now)::timestamptz + sqlc.arg(length)::interval, 1)
ON CONFLICT (subject) DO UPDATE SET
    tries = CASE WHEN a.window_end <= sqlc.arg(now)::timestamptz THEN 1 ELSE a.tries + 1 END,
    window_end = CASE WHEN a.window_end <= sqlc.arg(now)::timestamptz THEN excluded.window_end ELSE a.window_end END
RETURNING tries, window_end;

-- name: ForgetAttempts :exec
DELETE FROM attempt WHERE subject = $1;
