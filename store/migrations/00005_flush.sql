-- Writing a case: the read model's rows, the fenced flush, confirming, publishing.
-- +goose Up

-- put_rows writes rows of the read model: those given (a difference), or all there are (p_full),
-- which takes away whatever a withdrawn event has left behind. A difference brings the case's own
-- row only when it differs, and the form in it only when that does: most acts leave both alone.
-- +goose StatementBegin
CREATE FUNCTION put_rows(p_case text, p_rows jsonb, p_full boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    c jsonb := p_rows -> 'case';
    v_item text := c ->> 'item';
    v_received timestamptz := (c ->> 'receivedAt')::timestamptz;
    v_status text := c ->> 'status';
    v_orgs text[];
    v_old record;
    no_time CONSTANT timestamptz := '9999-12-31 00:00:00+00';
BEGIN
    IF p_full THEN
        DELETE FROM case_org WHERE case_no = p_case;
        DELETE FROM case_step WHERE case_no = p_case;
        DELETE FROM task WHERE case_no = p_case;
        DELETE FROM clock WHERE case_no = p_case;
        DELETE FROM material WHERE case_no = p_case;
        DELETE FROM notice WHERE case_no = p_case;
        DELETE FROM result WHERE case_no = p_case;
        DELETE FROM dossier WHERE case_no = p_case;
    END IF;

    IF c IS NULL THEN
        SELECT r.item, r.received_at INTO STRICT v_item, v_received FROM case_record r WHERE r.case_no = p_case;
    ELSE
        SELECT r.status, r.orgs, r.item, a.name, a.id, a.phone INTO v_old
        FROM case_record r JOIN applicant a USING (case_no) WHERE r.case_no = p_case;
        v_orgs := ARRAY (SELECT jsonb_array_elements_text(c -> 'orgs'));
        INSERT INTO case_record AS t
        VALUES (p_case, v_item, c ->> 'itemName', c ->> 'version', c ->> 'definition', c ->> 'region', c ->> 'channel', v_status,
            coalesce(c ->> 'outcome', ''), ARRAY (SELECT jsonb_array_elements_text(c -> 'flags')), c ->> 'leadOrg', v_orgs,
            (c ->> 'receivedAt')::timestamptz, (c ->> 'acceptedOn')::date, (c ->> 'decidedAt')::timestamptz, (c ->> 'closedAt')::timestamptz,
            (c ->> 'statutoryDue')::timestamptz, (c ->> 'promisedDue')::timestamptz, coalesce((c -> 'provisional')::boolean, false),
            coalesce((c -> 'overdue')::boolean, false), (c ->> 'next')::timestamptz)
        ON CONFLICT (case_no) DO UPDATE SET (item, item_name, version, definition, region, channel, status, outcome, flags, lead_org, orgs,
            received_at, accepted_on, decided_at, closed_at, statutory_due, promised_due, provisional, overdue, next)
          = (excluded.item, excluded.item_name, excluded.version, excluded.definition, excluded.region, excluded.channel, excluded.status,
            excluded.outcome, excluded.flags, excluded.lead_org, excluded.orgs, excluded.received_at, excluded.accepted_on, excluded.decided_at,
            excluded.closed_at, excluded.statutory_due, excluded.promised_due, excluded.provisional, excluded.overdue, excluded.next)
        WHERE t.* IS DISTINCT FROM excluded.*;

        IF p_full OR v_old IS NULL OR c ? 'answers' OR c ? 'form' THEN
            INSERT INTO case_form AS t VALUES (p_case, coalesce(c -> 'answers', '{}'), coalesce(c -> 'form', '{}'))
            ON CONFLICT (case_no) DO UPDATE SET answers = excluded.answers, form = excluded.form
            WHERE (t.answers, t.form) IS DISTINCT FROM (excluded.answers, excluded.form);
        END IF;

        -- Asked first: making the grams of a name for a row that is not written would be a fifth of a flush.
        IF v_old IS NULL OR (v_old.name, v_old.id, v_old.phone)
            IS DISTINCT FROM (coalesce(c #>> '{applicant,name}', ''), coalesce(c #>> '{applicant,id}', ''), coalesce(c #>> '{applicant,phone}', '')) THEN
            INSERT INTO applicant AS t (case_no, name, id, phone)
            VALUES (p_case, coalesce(c #>> '{applicant,name}', ''), coalesce(c #>> '{applicant,id}', ''), coalesce(c #>> '{applicant,phone}', ''))
            ON CONFLICT (case_no) DO UPDATE SET name = excluded.name, id = excluded.id, phone = excluded.phone;
        END IF;

        IF p_full OR v_old IS NULL OR (v_old.status, v_old.item) IS DISTINCT FROM (v_status, v_item) OR v_old.orgs IS DISTINCT FROM v_orgs THEN
            INSERT INTO case_org AS t SELECT p_case, o, v_item, v_status, v_received FROM unnest(v_orgs) o
            ON CONFLICT (case_no, org) DO UPDATE SET item = excluded.item, status = excluded.status, received_at = excluded.received_at;
        END IF;
    END IF;

    IF p_rows ? 'steps' THEN
        INSERT INTO case_step AS t
        SELECT p_case, x ->> 'id', (x ->> 'order')::int, x ->> 'status', coalesce(x ->> 'end', ''), coalesce(x ->> 'org', ''), x
        FROM jsonb_array_elements(p_rows -> 'steps') x
        ON CONFLICT (case_no, id) DO UPDATE SET ordinal = excluded.ordinal, status = excluded.status, ending = excluded.ending,
            org = excluded.org, data = excluded.data;
    END IF;
    IF p_rows ? 'tasks' THEN
        INSERT INTO task AS t (case_no, id, item, step, kind, party, org, role, status, claimed, done_by, done_at, due, warn, data, received_at)
        SELECT p_case, x ->> 'id', v_item, x ->> 'step', x ->> 'kind', x ->> 'party', coalesce(x ->> 'org', ''), coalesce(x ->> 'role', ''),
            x ->> 'status', coalesce(x ->> 'claimed', ''), coalesce(x ->> 'doneBy', ''), (x ->> 'doneAt')::timestamptz, coalesce((x ->> 'due')::timestamptz, no_time),
            coalesce((x ->> 'warn')::timestamptz, (x ->> 'due')::timestamptz, no_time), x, v_received
        FROM jsonb_array_elements(p_rows -> 'tasks') x
        ON CONFLICT (case_no, id) DO UPDATE SET item = excluded.item, step = excluded.step, kind = excluded.kind, party = excluded.party,
            org = excluded.org, role = excluded.role, status = excluded.status, claimed = excluded.claimed, done_by = excluded.done_by,
            done_at = excluded.done_at, due = excluded.due, warn = excluded.warn, data = excluded.data;
    END IF;
    IF p_rows ? 'clocks' THEN
        INSERT INTO clock AS t
        SELECT p_case, x ->> 'id', x ->> 'class', coalesce(x ->> 'step', ''), (x ->> 'due')::timestamptz,
            coalesce((x -> 'overdue')::boolean, false), (x ->> 'endedAt')::timestamptz, x
        FROM jsonb_array_elements(p_rows -> 'clocks') x
        ON CONFLICT (case_no, id) DO UPDATE SET class = excluded.class, step = excluded.step, due = excluded.due, overdue = excluded.overdue,
            ended_at = excluded.ended_at, data = excluded.data;
    END IF;
    IF p_rows ? 'papers' THEN
        INSERT INTO material AS t
        SELECT p_case, x ->> 'id', x ->> 'status', coalesce(x ->> 'hash', ''), x
        FROM jsonb_array_elements(p_rows -> 'papers') x
        ON CONFLICT (case_no, id) DO UPDATE SET status = excluded.status, hash = excluded.hash, data = excluded.data;
    END IF;
    IF p_rows ? 'notices' THEN
        INSERT INTO notice AS t
        SELECT p_case, x ->> 'id', x ->> 'kind', x ->> 'to', (x ->> 'at')::timestamptz, x
        FROM jsonb_array_elements(p_rows -> 'notices') x
        ON CONFLICT (case_no, id) DO UPDATE SET kind = excluded.kind, party = excluded.party, at = excluded.at, data = excluded.data;
    END IF;
    IF p_rows ? 'results' THEN
        INSERT INTO result AS t
        SELECT p_case, x ->> 'id', x ->> 'step', x ->> 'org', coalesce(x ->> 'number', ''), (x ->> 'at')::timestamptz,
            (x ->> 'done')::timestamptz, coalesce(x ->> 'way', ''), x
        FROM jsonb_array_elements(p_rows -> 'results') x
        ON CONFLICT (case_no, id) DO UPDATE SET step = excluded.step, org = excluded.org, number = excluded.number, at = excluded.at,
            done_at = excluded.done_at, way = excluded.way, data = excluded.data;
    END IF;
    IF p_rows ? 'dossier' THEN
        INSERT INTO dossier AS t
        SELECT p_case, x ->> 'kind', x ->> 'id', coalesce(x ->> 'step', ''), coalesce(x ->> 'org', ''), x ->> 'status',
            coalesce((x ->> 'due')::timestamptz, no_time), (x ->> 'at')::timestamptz, x
        FROM jsonb_array_elements(p_rows -> 'dossier') x
        ON CONFLICT (case_no, kind, id) DO UPDATE SET step = excluded.step, org = excluded.org, status = excluded.status, due = excluded.due,
            at = excluded.at, data = excluded.data;
    END IF;
END $$;
-- +goose StatementEnd

-- put_events writes events from p_first on, chained behind p_prev. (plpgsql keeps its plan; a function
-- in SQL would be planned again at every call.)
-- +goose StatementBegin
CREATE FUNCTION put_events(p_case text, p_first bigint, p_prev bytea, p_at timestamptz[], p_type text[], p_kind text[], p_actor text[],
    p_org text[], p_command text[], p_body bytea[], p_hash bytea[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO case_event (case_no, seq, at, type, actor_kind, actor, org, command, body, prev, hash)
    SELECT p_case, p_first + i - 1, p_at[i], p_type[i], p_kind[i], p_actor[i], p_org[i], p_command[i], p_body[i],
        CASE WHEN i = 1 THEN p_prev ELSE p_hash[i - 1] END, p_hash[i]
    FROM generate_series(1, cardinality(p_hash)) i;
END $$;
-- +goose StatementEnd

-- flush_case moves a case's log from p_first on. It answers
--   ''          written (or there already, byte for byte)
--   'fence'     a later flush has been here: this one is a double's
--   'gap'       events before p_first are missing
--   'diverged'  the event before p_first is another one, or a confirmed event would change
--   'full'      events are withdrawn or the read model is stale: send all rows
-- and changes nothing unless it answers ''. A replay that finds its events in place leaves them.
-- Everything is looked up by key, so plans need not be made for single values.
-- +goose StatementBegin
CREATE FUNCTION flush_case(p_case text, p_first bigint, p_prev bytea, p_fence bigint, p_fence2 bigint, p_durable bigint,
    p_at timestamptz[], p_type text[], p_kind text[], p_actor text[], p_org text[], p_command text[], p_body bytea[], p_hash bytea[],
    p_rows jsonb, p_full boolean,
    OUT refused text, OUT last_seq bigint, OUT fence bigint, OUT fence2 bigint, OUT confirmed bigint) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    h case_head%ROWTYPE;
    n int := cardinality(p_hash);
    v_last bigint := p_first + cardinality(p_hash) - 1;
    v_last_hash bytea := CASE WHEN cardinality(p_hash) > 0 THEN p_hash[cardinality(p_hash)] ELSE p_prev END;
    v_from bigint := p_first; -- first event that is not in place yet
    v_confirmed bigint;
BEGIN
    IF current_setting('lianban.one_log', true) = 'on' THEN -- store.Options.OneLog
        PERFORM set_config('synchronous_commit', 'off', true);
    END IF;
    SELECT * INTO h FROM case_head c WHERE c.case_no = p_case FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        -- The read model was emptied or restored from before this case: only a flush from the first event may make it again.
        IF p_first > 1 OR n = 0 THEN
            refused := 'gap'; last_seq := 0; fence := 0; fence2 := 0; confirmed := 0;
            RETURN;
        END IF;
        IF NOT p_full THEN
            refused := 'full'; last_seq := 0; fence := 0; fence2 := 0; confirmed := 0;
            RETURN;
        END IF;
        INSERT INTO case_head (case_no, last_seq, last_hash) VALUES (p_case, v_last, v_last_hash)
        ON CONFLICT DO NOTHING;
        INSERT INTO case_intent (case_no, last_at) VALUES (p_case, p_at[n]) ON CONFLICT DO NOTHING;
        SELECT * INTO h FROM case_head c WHERE c.case_no = p_case FOR NO KEY UPDATE;
        h.last_seq := 0;
    END IF;
    refused := ''; last_seq := h.last_seq; fence := h.fence; fence2 := h.fence2; confirmed := h.confirmed_seq;

    IF (h.fence, h.fence2) > (p_fence, p_fence2) THEN
        refused := 'fence'; RETURN;
    END IF;
    IF p_first > h.last_seq + 1 THEN
        refused := 'gap'; RETURN;
    END IF;
    IF p_first = h.last_seq + 1 THEN
        IF h.last_seq > 0 AND h.last_hash <> p_prev THEN
            refused := 'diverged'; RETURN;
        END IF;
    ELSE
        IF p_first > 1 AND NOT EXISTS (SELECT 1 FROM case_event e WHERE e.case_no = p_case AND e.seq = p_first - 1 AND e.hash = p_prev) THEN
            refused := 'diverged'; RETURN;
        END IF;
        SELECT coalesce(min(x.i) - 1, n) + p_first INTO v_from
        FROM unnest(p_hash) WITH ORDINALITY AS x(hash, i)
        WHERE NOT EXISTS (SELECT 1 FROM case_event e WHERE e.case_no = p_case AND e.seq = p_first + x.i - 1 AND e.hash = x.hash);
        IF v_from <= h.confirmed_seq THEN
            refused := 'diverged'; RETURN;
        END IF;
    END IF;
    IF NOT p_full AND (h.rebuild OR v_from <= h.last_seq) THEN
        refused := 'full'; RETURN;
    END IF;

    IF v_from <= h.last_seq THEN
        DELETE FROM case_event e WHERE e.case_no = p_case AND e.seq >= v_from;
    END IF;
    v_confirmed := greatest(h.confirmed_seq, least(p_durable, v_last));
    UPDATE case_head c SET last_seq = v_last, last_hash = v_last_hash, fence = p_fence, fence2 = p_fence2, confirmed_seq = v_confirmed,
        rebuild = c.rebuild AND NOT p_full, moved_at = clock_timestamp()
    WHERE c.case_no = p_case;
    IF v_from = p_first AND n > 0 THEN
        PERFORM put_events(p_case, p_first, p_prev, p_at, p_type, p_kind, p_actor, p_org, p_command, p_body, p_hash);
    ELSIF v_from <= v_last THEN
        n := v_from - p_first; -- as many are in place
        PERFORM put_events(p_case, v_from, p_hash[n], p_at[n + 1:], p_type[n + 1:], p_kind[n + 1:], p_actor[n + 1:], p_org[n + 1:],
            p_command[n + 1:], p_body[n + 1:], p_hash[n + 1:]);
    END IF;
    IF p_rows IS NOT NULL THEN
        PERFORM put_rows(p_case, p_rows, p_full);
    END IF;
    IF v_confirmed > h.confirmed_seq THEN
        INSERT INTO feed_queue (case_no) VALUES (p_case);
    END IF;
    last_seq := v_last; fence := p_fence; fence2 := p_fence2; confirmed := v_confirmed;
END $$;
-- +goose StatementEnd

-- confirm_cases raises confirmed_seq. A hash names the event that is meant: where the log holds
-- another one at that place (a lost decision's), nothing is confirmed. Locks in order of number, and looks up by key alone.
-- +goose StatementBegin
CREATE FUNCTION confirm_cases(p_case text[], p_seq bigint[], p_hash bytea[]) RETURNS int LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    n int;
BEGIN
    PERFORM 1 FROM case_head h WHERE h.case_no = ANY (p_case) ORDER BY h.case_no FOR NO KEY UPDATE;
    WITH asked AS (
        SELECT e.case_no, max(e.seq) AS seq
        FROM unnest(p_case, p_seq, p_hash) AS x(case_no, seq, hash)
        JOIN case_event e ON e.case_no = x.case_no AND e.seq = x.seq AND (x.hash = '' OR x.hash = e.hash)
        GROUP BY e.case_no
    ), moved AS (
        UPDATE case_head h SET confirmed_seq = a.seq FROM asked a
        WHERE h.case_no = a.case_no AND h.confirmed_seq < a.seq
        RETURNING h.case_no
    ), queued AS (
        INSERT INTO feed_queue (case_no) SELECT case_no FROM moved ORDER BY case_no RETURNING 1
    )
    SELECT count(*) INTO n FROM queued;
    RETURN n;
END $$;
-- +goose StatementEnd

-- publish_feed appends what is newly confirmed to the feed: one process at a time, the lock held
-- until commit, so positions become readable in their order and none is ever skipped by a cursor.
-- It says how many rows it took from the queue (less than p_limit: the queue is empty; none, when
-- somebody else is at it) and how many it appended.
-- +goose StatementBegin
CREATE FUNCTION publish_feed(p_limit int, OUT taken int, OUT appended int) LANGUAGE plpgsql AS $$
DECLARE
    v_pos bigint := 0;
    v_chain bytea := '';
    v_at timestamptz := clock_timestamp();
    r record;
BEGIN
    taken := 0; appended := 0;
    IF NOT pg_try_advisory_xact_lock(7810425396) THEN
        RETURN;
    END IF;
    SELECT f.position, f.chain INTO v_pos, v_chain FROM feed f ORDER BY f.position DESC LIMIT 1;
    IF NOT FOUND THEN
        v_pos := 0; v_chain := '';
    END IF;
    FOR r IN
        WITH gone AS (
            DELETE FROM feed_queue q WHERE q.id IN (SELECT id FROM feed_queue ORDER BY id LIMIT p_limit) RETURNING q.id, q.case_no
        ), one AS (
            SELECT case_no, min(id) AS id, count(*) AS n FROM gone GROUP BY case_no
        )
        SELECT one.n, h.case_no, h.confirmed_seq AS seq, e.hash, coalesce((SELECT max(f.to_seq) FROM feed f WHERE f.case_no = h.case_no), 0) AS told
        FROM one LEFT JOIN case_head h USING (case_no) LEFT JOIN case_event e ON e.case_no = h.case_no AND e.seq = h.confirmed_seq
        ORDER BY one.id
    LOOP
        taken := taken + r.n;
        CONTINUE WHEN r.hash IS NULL OR r.seq <= r.told; -- gone (the audit says so), or told already
        v_pos := v_pos + 1;
        v_chain := feed_chain(v_chain, v_pos, r.case_no, r.told + 1, r.seq, r.hash);
        INSERT INTO feed (position, case_no, from_seq, to_seq, hash, at, chain)
        VALUES (v_pos, r.case_no, r.told + 1, r.seq, r.hash, v_at, v_chain);
        appended := appended + 1;
    END LOOP;
    IF appended > 0 THEN
        PERFORM pg_notify('lianban', 'feed');
    END IF;
END $$;
-- +goose StatementEnd

-- feed_chain: SHA-256 over the chain before (hex), a zero byte, and "position case from to hash".
-- +goose StatementBegin
CREATE FUNCTION feed_chain(prev bytea, pos bigint, case_no text, from_seq bigint, to_seq bigint, hash bytea) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(decode(encode(prev, 'hex'), 'escape') || '\x00'::bytea
        || convert_to(pos || ' ' || case_no || ' ' || from_seq || ' ' || to_seq || ' ' || encode(hash, 'hex'), 'UTF8'))
$$;
-- +goose StatementEnd
