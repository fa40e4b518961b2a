-- A refusal that no history holds counts only while nobody else can have the act.
-- +goose Up

-- An act was given to another than the process that recorded it: to its case, which asked for earlier
-- intents, to a sweeper, or to a caller who repeats. Never taken back.
ALTER TABLE command ADD COLUMN handed boolean NOT NULL DEFAULT false;

DROP FUNCTION record_command(text, text, text, text, text, text, bytea, bytea, timestamptz, interval);

-- behind says that an earlier act of the case waits that whoever recorded it no longer carries: it has
-- its turn first. Acts that are on their way side by side wait for nobody.
-- +goose StatementBegin
CREATE FUNCTION record_command(p_key text, p_case text, p_act text, p_kind text, p_actor text, p_org text, p_body bytea, p_print bytea,
    p_at timestamptz, p_grace interval) RETURNS TABLE (fresh boolean, behind boolean, c command) LANGUAGE plpgsql AS $$
DECLARE
    v_at timestamptz;
BEGIN
    SELECT x.* INTO c FROM command x WHERE x.key = p_key;
    IF NOT FOUND THEN
        UPDATE case_intent i SET last_at = greatest(p_at, i.last_at + interval '1 microsecond') WHERE i.case_no = p_case RETURNING i.last_at INTO v_at;
        IF NOT FOUND THEN
            RETURN;
        END IF;
        INSERT INTO command AS x (key, case_no, act, actor_kind, actor, org, body, print, recorded_at, next_try)
        VALUES (p_key, p_case, p_act, p_kind, p_actor, p_org, p_body, p_print, v_at, clock_timestamp() + p_grace)
        ON CONFLICT (key) DO NOTHING RETURNING x.* INTO c;
        fresh := FOUND;
    END IF;
    IF fresh IS NOT TRUE THEN
        UPDATE command x SET handed = true WHERE x.key = p_key AND x.status = 'pending' AND NOT x.handed;
        fresh := false;
        SELECT x.* INTO c FROM command x WHERE x.key = p_key;
    END IF;
    behind := (c).status = 'pending' AND EXISTS (SELECT FROM command e WHERE e.case_no = p_case AND e.recorded_at < (c).recorded_at
        AND e.status = 'pending' AND (e.attempts > 0 OR e.next_try <= clock_timestamp()));
    RETURN NEXT;
END $$;
-- +goose StatementEnd

-- What earlier_intents returns is marked as handed in the same statement. An answer being written is
-- waited for (commands are locked in the order of their keys, as answer_commands does): an act is
-- either answered or handed to the case, never both unnoticed.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION earlier_intents(p_case text, p_before timestamptz) RETURNS SETOF command LANGUAGE plpgsql AS $$
BEGIN
    UPDATE case_intent i SET last_at = greatest(i.last_at, p_before - interval '1 microsecond') WHERE i.case_no = p_case;
    PERFORM 1 FROM command c WHERE c.case_no = p_case AND c.recorded_at < p_before AND c.status = 'pending' ORDER BY c.key FOR NO KEY UPDATE;
    UPDATE command c SET handed = true
    WHERE c.case_no = p_case AND c.recorded_at < p_before AND c.status = 'pending' AND NOT c.handed;
    RETURN QUERY
        SELECT c.* FROM command c
        WHERE c.case_no = p_case AND c.recorded_at < p_before AND c.status = 'pending'
          AND NOT EXISTS (SELECT 1 FROM case_event e JOIN case_head h USING (case_no)
              WHERE e.case_no = p_case AND e.command = c.key AND e.seq <= h.confirmed_seq)
        ORDER BY c.recorded_at;
END $$;
-- +goose StatementEnd

DROP FUNCTION answer_commands(text[], text[], text[], bigint[], bytea[], timestamptz[]);

-- answer_commands records answers (the first one counts) and confirms what the done ones made. A
-- refusal that is not settled, that is, held by no history, is left out when the act has been handed
-- on: whoever has it may still do it. Everything is looked up by key, so plans need not be made for
-- the arrays of one call.
-- +goose StatementBegin
CREATE FUNCTION answer_commands(p_key text[], p_status text[], p_settled boolean[], p_reply text[], p_seq bigint[], p_hash bytea[], p_at timestamptz[])
    RETURNS int LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_case text[];
    v_seq bigint[];
    v_hash bytea[];
    n int;
BEGIN
    PERFORM 1 FROM command c WHERE c.key = ANY (p_key) ORDER BY c.key FOR NO KEY UPDATE;
    WITH a AS (
        UPDATE command c SET status = x.status, reply = x.reply::json, seq = x.seq, answered_at = x.at
        FROM (SELECT DISTINCT ON (key) * FROM unnest(p_key, p_status, p_settled, p_reply, p_seq, p_hash, p_at) WITH ORDINALITY
                AS y(key, status, settled, reply, seq, hash, at, i) ORDER BY key, i) x
        WHERE c.key = x.key AND c.status = 'pending' AND (x.status <> 'rejected' OR x.settled OR NOT c.handed)
        RETURNING c.case_no, x.status, x.seq, x.hash
    )
    SELECT count(*), array_agg(case_no) FILTER (WHERE status = 'done' AND seq > 0), array_agg(seq) FILTER (WHERE status = 'done' AND seq > 0),
        array_agg(hash) FILTER (WHERE status = 'done' AND seq > 0)
    INTO n, v_case, v_seq, v_hash FROM a;
    IF v_case IS NOT NULL THEN
        PERFORM confirm_cases(v_case, v_seq, v_hash);
    END IF;
    RETURN n;
END $$;
-- +goose StatementEnd
