-- Intents and flushes of several cases in one call. What a statement costs before it writes its first row (its
-- indexes opened, the constraints of its table read) is then paid once for all of them.
-- +goose Up

DROP FUNCTION put_rows;
DROP FUNCTION IF EXISTS put_cases;
DROP FUNCTION IF EXISTS flush_cases;

-- put_cases writes rows of the read model: of each case those given (a difference), or all there are
-- (p_full), which takes away whatever a withdrawn event has left behind. A difference brings the case's
-- own row only when it differs, and answers and form in it only when they do: most acts leave both alone.
-- The applicant is what the form says of him, and written with it.
-- Everything is looked up by key. A plan made while the tables were small would read them whole, and go
-- on doing so in a session that keeps it while they grow: so it may not. Nor may it have the choice of
-- another index than that of the key: all the cases of an organisation are many.
-- +goose StatementBegin
CREATE FUNCTION put_cases(p_case text[], p_rows jsonb[], p_full boolean) RETURNS void LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    has record; -- parts that any of the cases brings: the others' statements are saved
    no_time CONSTANT timestamptz := '9999-12-31 00:00:00+00';
BEGIN
    IF p_full THEN
        DELETE FROM case_org WHERE case_no = ANY (p_case);
        DELETE FROM case_step WHERE case_no = ANY (p_case);
        DELETE FROM task WHERE case_no = ANY (p_case);
        DELETE FROM material WHERE case_no = ANY (p_case);
        DELETE FROM notice WHERE case_no = ANY (p_case);
        DELETE FROM result WHERE case_no = ANY (p_case);
        DELETE FROM dossier WHERE case_no = ANY (p_case);
    END IF;

    SELECT bool_or(d ? 'case') AS record, p_full OR bool_or(d -> 'case' ?| '{answers,form}') AS form, bool_or(d ? 'orgs') AS orgs,
        bool_or(d ? 'steps') AS steps, bool_or(d ? 'tasks') AS tasks, bool_or(d ? 'papers') AS papers,
        bool_or(d ? 'notices') AS notices, bool_or(d ? 'results') AS results, bool_or(d ? 'dossier') AS dossier
    INTO has FROM unnest(p_rows) d;
    IF has.record THEN
        INSERT INTO case_record AS t
        SELECT r.case_no, c ->> 'item', c ->> 'itemName', c ->> 'version', c ->> 'definition', c ->> 'region', c ->> 'channel', c ->> 'status',
            coalesce(c ->> 'outcome', ''), ARRAY (SELECT jsonb_array_elements_text(c -> 'flags')), c ->> 'leadOrg',
            ARRAY (SELECT jsonb_array_elements_text(c -> 'orgs')),
            (c ->> 'receivedAt')::timestamptz, (c ->> 'acceptedOn')::date, (c ->> 'decidedAt')::timestamptz, (c ->> 'closedAt')::timestamptz,
            (c ->> 'statutoryDue')::timestamptz, (c ->> 'promisedDue')::timestamptz, coalesce((c -> 'provisional')::boolean, false),
            coalesce((c -> 'overdue')::boolean, false)
        FROM unnest(p_case, p_rows) AS r(case_no, d), LATERAL (SELECT r.d -> 'case') AS x(c)
        WHERE c IS NOT NULL
        ON CONFLICT (case_no) DO UPDATE SET (item, item_name, version, definition, region, channel, status, outcome, flags, lead_org, orgs,
            received_at, accepted_on, decided_at, closed_at, statutory_due, promised_due, provisional, overdue)
          = (excluded.item, excluded.item_name, excluded.version, excluded.definition, excluded.region, excluded.channel, excluded.status,
            excluded.outcome, excluded.flags, excluded.lead_org, excluded.orgs, excluded.received_at, excluded.accepted_on, excluded.decided_at,
            excluded.closed_at, excluded.statutory_due, excluded.promised_due, excluded.provisional, excluded.overdue)
        WHERE t.* IS DISTINCT FROM excluded.*;
    END IF;
    IF has.form THEN
        INSERT INTO case_form AS t
        SELECT r.case_no, coalesce(d #> '{case,answers}', '{}'), coalesce(d #> '{case,form}', '{}')
        FROM unnest(p_case, p_rows) AS r(case_no, d)
        WHERE p_full OR d -> 'case' ?| '{answers,form}'
        ON CONFLICT (case_no) DO UPDATE SET answers = excluded.answers, form = excluded.form
        WHERE (t.answers, t.form) IS DISTINCT FROM (excluded.answers, excluded.form);

        INSERT INTO applicant AS t (case_no, name, id, phone)
        SELECT r.case_no, coalesce(d #>> '{case,applicant,name}', ''), coalesce(d #>> '{case,applicant,id}', ''),
            coalesce(d #>> '{case,applicant,phone}', '')
        FROM unnest(p_case, p_rows) AS r(case_no, d)
        WHERE p_full OR d -> 'case' ?| '{answers,form}'
        ON CONFLICT (case_no) DO UPDATE SET name = excluded.name, id = excluded.id, phone = excluded.phone
        WHERE (t.name, t.id, t.phone) IS DISTINCT FROM (excluded.name, excluded.id, excluded.phone);
    END IF;
    IF has.orgs THEN
        INSERT INTO case_org AS t
        SELECT r.case_no, x ->> 'org', x ->> 'item', (x ->> 'receivedAt')::timestamptz, coalesce((x -> 'closed')::boolean, false)
        FROM unnest(p_case, p_rows) AS r(case_no, d), jsonb_array_elements(r.d -> 'orgs') x
        ON CONFLICT (case_no, org) DO UPDATE SET item = excluded.item, received_at = excluded.received_at, closed = excluded.closed;
    END IF;
    IF has.steps THEN
        INSERT INTO case_step AS t
        SELECT r.case_no, x ->> 'id', (x ->> 'order')::int, x ->> 'status', coalesce(x ->> 'end', ''), coalesce(x ->> 'org', ''), x
        FROM unnest(p_case, p_rows) AS r(case_no, d), jsonb_array_elements(r.d -> 'steps') x
        ON CONFLICT (case_no, id) DO UPDATE SET ordinal = excluded.ordinal, status = excluded.status, ending = excluded.ending,
            org = excluded.org, data = excluded.data;
    END IF;
    IF has.tasks THEN
        INSERT INTO task AS t (case_no, id, item, step, kind, party, org, role, status, claimed, done_by, done_at, due, warn, data, received_at)
        SELECT r.case_no, x ->> 'id', c.item, x ->> 'step', x ->> 'kind', x ->> 'party', coalesce(x ->> 'org', ''), coalesce(x ->> 'role', ''),
            x ->> 'status', coalesce(x ->> 'claimed', ''), coalesce(x ->> 'doneBy', ''), (x ->> 'doneAt')::timestamptz, coalesce((x ->> 'due')::timestamptz, no_time),
            coalesce((x ->> 'warn')::timestamptz, (x ->> 'due')::timestamptz, no_time), x, c.received_at
        FROM unnest(p_case, p_rows) AS r(case_no, d) JOIN case_record c USING (case_no), jsonb_array_elements(r.d -> 'tasks') x
        ON CONFLICT (case_no, id) DO UPDATE SET item = excluded.item, step = excluded.step, kind = excluded.kind, party = excluded.party,
            org = excluded.org, role = excluded.role, status = excluded.status, claimed = excluded.claimed, done_by = excluded.done_by,
            done_at = excluded.done_at, due = excluded.due, warn = excluded.warn, data = excluded.data;
    END IF;
    IF has.papers THEN
        INSERT INTO material AS t
        SELECT r.case_no, x ->> 'id', x ->> 'status', coalesce(x ->> 'hash', ''), x
        FROM unnest(p_case, p_rows) AS r(case_no, d), jsonb_array_elements(r.d -> 'papers') x
        ON CONFLICT (case_no, id) DO UPDATE SET status = excluded.status, hash = excluded.hash, data = excluded.data;
    END IF;
    IF has.notices THEN
        INSERT INTO notice AS t
        SELECT r.case_no, x ->> 'id', x ->> 'kind', x ->> 'to', (x ->> 'at')::timestamptz, x
        FROM unnest(p_case, p_rows) AS r(case_no, d), jsonb_array_elements(r.d -> 'notices') x
        ON CONFLICT (case_no, id) DO UPDATE SET kind = excluded.kind, party = excluded.party, at = excluded.at, data = excluded.data;
    END IF;
    IF has.results THEN
        INSERT INTO result AS t
        SELECT r.case_no, x ->> 'id', x ->> 'step', x ->> 'org', coalesce(x ->> 'number', ''), (x ->> 'at')::timestamptz,
            (x ->> 'done')::timestamptz, coalesce(x ->> 'way', ''), x
        FROM unnest(p_case, p_rows) AS r(case_no, d), jsonb_array_elements(r.d -> 'results') x
        ON CONFLICT (case_no, id) DO UPDATE SET step = excluded.step, org = excluded.org, number = excluded.number, at = excluded.at,
            done_at = excluded.done_at, way = excluded.way, data = excluded.data;
    END IF;
    IF has.dossier THEN
        INSERT INTO dossier AS t
        SELECT r.case_no, x ->> 'kind', x ->> 'id', coalesce(x ->> 'step', ''), coalesce(x ->> 'org', ''), x ->> 'status',
            coalesce((x ->> 'due')::timestamptz, no_time), (x ->> 'at')::timestamptz, x
        FROM unnest(p_case, p_rows) AS r(case_no, d), jsonb_array_elements(r.d -> 'dossier') x
        ON CONFLICT (case_no, kind, id) DO UPDATE SET step = excluded.step, org = excluded.org, status = excluded.status, due = excluded.due,
            at = excluded.at, data = excluded.data;
    END IF;
END $$;
-- +goose StatementEnd

-- put_rows writes rows of one case.
-- +goose StatementBegin
CREATE FUNCTION put_rows(p_case text, p_rows jsonb, p_full boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM put_cases(ARRAY[p_case], ARRAY[p_rows], p_full);
END $$;
-- +goose StatementEnd

-- flush_cases moves the logs of several cases on, where nothing stands against it: the events are the
-- next ones, no later flush has been here, the read model is not stale. It says which ones it has
-- written (by their place in the arguments); the others it leaves as they were, for flush_case to look
-- at one by one. The rows of all cases come in one document, their events in one list. Heads are moved in the
-- order of the arguments.
-- +goose StatementBegin
CREATE FUNCTION flush_cases(p_rows jsonb, e_body bytea[],
    p_case text[], p_first bigint[], p_prev bytea[], p_last bigint[], p_last_hash bytea[], p_fence bigint[], p_fence2 bigint[],
    p_durable bigint[],
    e_case text[], e_seq bigint[], e_at timestamptz[], e_type text[], e_kind text[], e_actor text[], e_org text[], e_command text[],
    e_prev bytea[], e_hash bytea[]) RETURNS TABLE (nth int, confirmed bigint) LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_nth int[];
    v_case text[];
    v_rows jsonb[];
    v_confirmed bigint[];
    v_told text[];
BEGIN
    IF current_setting('lianban.one_log', true) = 'on' THEN -- store.Options.OneLog
        PERFORM set_config('synchronous_commit', 'off', true);
    END IF;
    -- A head that somebody moves meanwhile is looked at again before it is moved here.
    WITH moved AS (
        UPDATE case_head h SET last_seq = f.last, last_hash = f.last_hash, fence = f.fence, fence2 = f.fence2,
            confirmed_seq = greatest(h.confirmed_seq, least(f.durable, f.last)), moved_at = clock_timestamp()
        FROM unnest(p_case, p_first, p_prev, p_last, p_last_hash, p_fence, p_fence2, p_durable) WITH ORDINALITY
            AS f(case_no, first, prev, last, last_hash, fence, fence2, durable, nth) JOIN case_head was USING (case_no)
        WHERE h.case_no = f.case_no AND h.last_seq = f.first - 1 AND h.last_hash = f.prev AND (h.fence, h.fence2) <= (f.fence, f.fence2) AND NOT h.rebuild
        RETURNING f.nth::int, f.case_no, h.confirmed_seq, h.confirmed_seq > was.confirmed_seq AS told
    )
    SELECT array_agg(m.nth), array_agg(m.case_no), array_agg(p_rows -> m.nth - 1), array_agg(m.confirmed_seq), array_agg(m.case_no) FILTER (WHERE m.told)
    INTO v_nth, v_case, v_rows, v_confirmed, v_told FROM moved m;
    IF v_nth IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO case_event (case_no, seq, at, type, actor_kind, actor, org, command, body, prev, hash)
    SELECT * FROM unnest(e_case, e_seq, e_at, e_type, e_kind, e_actor, e_org, e_command, e_body, e_prev, e_hash) AS e (number)
    WHERE e.number = ANY (v_case);
    PERFORM put_cases(v_case, v_rows, false);
    IF v_told IS NOT NULL THEN
        INSERT INTO feed_queue (case_no) SELECT unnest(v_told);
    END IF;
    RETURN QUERY SELECT unnest(v_nth), unnest(v_confirmed);
END $$;
-- +goose StatementEnd

-- record_commands writes durable intents of several cases, at most one of each, as record_command does.
-- It says which ones it has written (by their place in the arguments); the others (a key that is known,
-- a case that is not) it leaves to record_command. The turns of the cases are locked in the order of the
-- arguments, and before anything else is looked at: what is recorded meanwhile is then seen.
-- +goose StatementBegin
CREATE FUNCTION record_commands(p_body bytea[], p_key text[], p_case text[], p_act text[], p_kind text[], p_actor text[], p_org text[], p_print bytea[],
    p_at timestamptz[], p_grace interval) RETURNS TABLE (nth int, at timestamptz, behind boolean) LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_nth int[];
    v_at timestamptz[];
BEGIN
    WITH turn AS (
        UPDATE case_intent i SET last_at = greatest(f.at, i.last_at + interval '1 microsecond')
        FROM unnest(p_case, p_key, p_at) WITH ORDINALITY AS f(case_no, key, at, nth)
        WHERE i.case_no = f.case_no AND NOT EXISTS (SELECT FROM command x WHERE x.key = f.key)
        RETURNING f.nth::int, i.last_at
    )
    SELECT array_agg(t.nth), array_agg(t.last_at) INTO v_nth, v_at FROM turn t;
    RETURN QUERY
    WITH written AS (
        INSERT INTO command (key, case_no, act, actor_kind, actor, org, body, print, recorded_at, next_try)
        SELECT p_key[t.nth], p_case[t.nth], p_act[t.nth], p_kind[t.nth], p_actor[t.nth], p_org[t.nth], p_body[t.nth], p_print[t.nth], t.at,
            clock_timestamp() + p_grace
        FROM unnest(v_nth, v_at) AS t(nth, at)
        ON CONFLICT (key) DO NOTHING RETURNING key, case_no, recorded_at
    )
    SELECT t.nth, w.recorded_at, EXISTS (SELECT FROM command e WHERE e.case_no = w.case_no AND e.recorded_at < w.recorded_at
        AND e.status = 'pending' AND (e.attempts > 0 OR e.next_try <= clock_timestamp()))
    FROM unnest(v_nth) AS t(nth) JOIN written w ON w.key = p_key[t.nth] AND w.case_no = p_case[t.nth];
END $$;
-- +goose StatementEnd
