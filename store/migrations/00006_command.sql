-- Recording intents, answering them, and asking which were recorded before an instant.
-- +goose Up

-- record_command writes a durable intent, once per key. Its time is the caller's, but later than
-- every intent of the case before it and not before an instant that earlier_intents was asked for.
-- The row of case_intent stays locked until commit, so intents of a case become visible in the
-- order of their times.
-- +goose StatementBegin
CREATE FUNCTION record_command(p_key text, p_case text, p_act text, p_kind text, p_actor text, p_org text, p_body bytea, p_print bytea,
    p_at timestamptz, p_grace interval) RETURNS TABLE (fresh boolean, c command) LANGUAGE plpgsql AS $$
DECLARE
    v_at timestamptz;
BEGIN
    SELECT x.* INTO c FROM command x WHERE x.key = p_key;
    IF FOUND THEN
        fresh := false; RETURN NEXT; RETURN;
    END IF;
    UPDATE case_intent i SET last_at = greatest(p_at, i.last_at + interval '1 microsecond') WHERE i.case_no = p_case RETURNING i.last_at INTO v_at;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO command AS x (key, case_no, act, actor_kind, actor, org, body, print, recorded_at, next_try)
    VALUES (p_key, p_case, p_act, p_kind, p_actor, p_org, p_body, p_print, v_at, clock_timestamp() + p_grace)
    ON CONFLICT (key) DO NOTHING RETURNING x.* INTO c;
    fresh := FOUND;
    IF NOT fresh THEN
        SELECT x.* INTO c FROM command x WHERE x.key = p_key;
    END IF;
    RETURN NEXT;
END $$;
-- +goose StatementEnd

-- earlier_intents gives the intents recorded before p_before that are neither answered nor certainly
-- in the log, in order: events above confirmed_seq may be a lost decision's, which the case does not
-- know, and would keep an act recorded in time from counting. (The case leaves out those it knows.)
-- It waits for an intent being written and raises the floor of those to come: what it does not
-- return will never have been recorded before p_before.
-- +goose StatementBegin
CREATE FUNCTION earlier_intents(p_case text, p_before timestamptz) RETURNS SETOF command LANGUAGE plpgsql AS $$
BEGIN
    UPDATE case_intent i SET last_at = greatest(i.last_at, p_before - interval '1 microsecond') WHERE i.case_no = p_case;
    RETURN QUERY
        SELECT c.* FROM command c
        WHERE c.case_no = p_case AND c.recorded_at < p_before AND c.status = 'pending'
          AND NOT EXISTS (SELECT 1 FROM case_event e JOIN case_head h USING (case_no)
              WHERE e.case_no = p_case AND e.command = c.key AND e.seq <= h.confirmed_seq)
        ORDER BY c.recorded_at;
END $$;
-- +goose StatementEnd

-- answer_commands records answers (the first one counts) and confirms what the done ones made.
-- +goose StatementBegin
CREATE FUNCTION answer_commands(p_key text[], p_status text[], p_reply text[], p_seq bigint[], p_hash bytea[], p_at timestamptz[])
    RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    v_case text[];
    v_seq bigint[];
    v_hash bytea[];
    n int;
BEGIN
    PERFORM 1 FROM command c WHERE c.key = ANY (p_key) ORDER BY c.key FOR NO KEY UPDATE;
    WITH a AS (
        UPDATE command c SET status = x.status, reply = x.reply::json, seq = x.seq, answered_at = x.at
        FROM (SELECT DISTINCT ON (key) * FROM unnest(p_key, p_status, p_reply, p_seq, p_hash, p_at) WITH ORDINALITY
                AS y(key, status, reply, seq, hash, at, i) ORDER BY key, i) x
        WHERE c.key = x.key AND c.status = 'pending'
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

-- start_case opens a case: head, log, read model, command and start intent. The opening events are
-- certain at once: the workflow starts with them and never sends them again.
-- +goose StatementBegin
CREATE FUNCTION start_case(p_case text, p_key text, p_kind text, p_actor text, p_actor_org text, p_body bytea, p_print bytea, p_recorded timestamptz,
    p_reply text, p_definition text, p_input bytea, p_grace interval, p_code bytea,
    p_at timestamptz[], p_type text[], p_kinds text[], p_actors text[], p_orgs text[], p_command text[], p_bodies bytea[], p_hash bytea[],
    p_rows jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    n int := cardinality(p_hash);
BEGIN
    INSERT INTO case_head (case_no, last_seq, last_hash, confirmed_seq) VALUES (p_case, n, p_hash[n], n);
    INSERT INTO case_intent (case_no, last_at) VALUES (p_case, p_recorded);
    INSERT INTO command (key, case_no, act, actor_kind, actor, org, body, print, recorded_at, status, reply, seq, next_try, answered_at)
    VALUES (p_key, p_case, 'file', p_kind, p_actor, p_actor_org, p_body, p_print, p_recorded, 'done', p_reply::json, n, clock_timestamp(), p_recorded);
    INSERT INTO start_intent (case_no, definition, input, next_try) VALUES (p_case, p_definition, p_input, clock_timestamp() + p_grace);
    IF p_code <> '' THEN
        INSERT INTO track (case_no, code_hash) VALUES (p_case, p_code);
    END IF;
    PERFORM put_events(p_case, 1, '', p_at, p_type, p_kinds, p_actors, p_orgs, p_command, p_bodies, p_hash);
    PERFORM put_rows(p_case, p_rows, false);
    INSERT INTO feed_queue (case_no) VALUES (p_case);
END $$;
-- +goose StatementEnd
