-- Electronic supervision: rules, how far cases have been judged by them, cards, and what people do with cards.
-- +goose Up

CREATE TABLE supervision_version (
    version      text PRIMARY KEY CHECK (version <> ''),
    source       bytea NOT NULL,
    published_by text NOT NULL,
    published_at timestamptz NOT NULL,
    position     bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE
);
CREATE TRIGGER supervision_version_fixed BEFORE UPDATE OR DELETE ON supervision_version FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- How far a reader of the feed has come.
CREATE TABLE feed_cursor (
    reader   text PRIMARY KEY CHECK (reader <> ''),
    position bigint NOT NULL CHECK (position >= 0)
) WITH (fillfactor = 50);

-- What the cards of a case rest on: the rules it is judged by, its last event judged, and until when time is
-- known to have passed. Cards are a function of these three.
CREATE TABLE case_watch (
    case_no text PRIMARY KEY REFERENCES case_head,
    rules   text NOT NULL REFERENCES supervision_version,
    seq     bigint NOT NULL CHECK (seq > 0),
    until   timestamptz NOT NULL,
    -- When time alone may bring another card about; null: it will not.
    next    timestamptz
) WITH (fillfactor = 80);
CREATE INDEX case_watch_next ON case_watch (next) WHERE next IS NOT NULL;

-- Cards and marks. `data` is the card as the rules make it; case_no is empty for a card over many cases.
CREATE TABLE card (
    id      bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    case_no text NOT NULL,
    rule    text NOT NULL CHECK (rule <> ''),
    fire    integer NOT NULL CHECK (fire >= 0),
    subject text NOT NULL,
    class   text NOT NULL,
    level   integer NOT NULL CHECK (level BETWEEN 0 AND 3),
    item    text NOT NULL,
    region  text NOT NULL,
    org     text NOT NULL,
    person  text NOT NULL,
    at      timestamptz NOT NULL,
    data    jsonb NOT NULL,
    -- Raised by a supervisor: no rule finds it again, none takes it away.
    by_hand boolean NOT NULL DEFAULT false,
    -- An event that came to be known later took its ground away after somebody had acted on it.
    gone    boolean NOT NULL DEFAULT false,
    -- Where it stands after the last act on it.
    status  text NOT NULL DEFAULT 'raised' CHECK (status IN ('raised', 'explained', 'confirmed', 'lifted', 'appealed', 'upheld')),
    CONSTRAINT card_name UNIQUE (case_no, rule, fire, subject),
    CONSTRAINT card_mark CHECK (level > 0 OR status = 'raised')
) WITH (fillfactor = 80);
CREATE INDEX card_at ON card (at DESC, id DESC) WHERE level > 0;
CREATE INDEX card_org ON card (org, at DESC, id DESC) WHERE level > 0;
CREATE INDEX card_rule ON card (rule, at) WHERE case_no <> '';

-- What people do with cards: each a record of its own, chained over all cards, never changed.
CREATE TABLE card_act (
    id      bigint PRIMARY KEY,
    card    bigint NOT NULL REFERENCES card,
    act     text NOT NULL CHECK (act IN ('raise', 'explain', 'confirm', 'lift', 'appeal', 'uphold', 'overturn')),
    account text NOT NULL CHECK (account <> ''),
    org     text NOT NULL CHECK (org <> ''),
    at      timestamptz NOT NULL,
    reason  text NOT NULL CHECK (reason <> ''),
    -- The exclusive instant until which the other side may answer; null: it may not.
    until   timestamptz,
    key     text NOT NULL UNIQUE CHECK (length(key) BETWEEN 1 AND 200),
    chain   bytea NOT NULL CHECK (length(chain) = 32)
);
CREATE INDEX card_act_card ON card_act (card, id);
CREATE TRIGGER card_act_change BEFORE UPDATE OR DELETE ON card_act FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER card_act_truncate BEFORE TRUNCATE ON card_act FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- card_chain: SHA-256 over the chain before (hex), a zero byte, and the act as text, its parts divided by zero bytes.
-- +goose StatementBegin
CREATE FUNCTION card_chain(prev bytea, a card_act) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(decode(encode(prev, 'hex'), 'escape') || '\x00'::bytea || convert_to(a.id || ' ' || a.card || ' ' || a.act || ' '
        || (extract(epoch FROM a.at) * 1000000)::bigint || ' ' || coalesce((extract(epoch FROM a.until) * 1000000)::bigint::text, '-'), 'UTF8')
        || '\x00'::bytea || convert_to(a.account, 'UTF8') || '\x00'::bytea || convert_to(a.org, 'UTF8') || '\x00'::bytea
        || convert_to(a.key, 'UTF8') || '\x00'::bytea || convert_to(a.reason, 'UTF8'))
$$;
-- +goose StatementEnd

-- put_card_act appends an act and moves its card. Acts get their ids and their chain one by one, under a lock that
-- is held until commit.
-- +goose StatementBegin
CREATE FUNCTION put_card_act(p_card bigint, p_act text, p_account text, p_org text, p_at timestamptz, p_reason text, p_until timestamptz,
    p_key text, p_status text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_act card_act%ROWTYPE;
    v_prev bytea := '';
BEGIN
    PERFORM pg_advisory_xact_lock(7810425397);
    SELECT c.id, c.chain INTO v_act.id, v_prev FROM card_act c ORDER BY c.id DESC LIMIT 1;
    IF NOT FOUND THEN
        v_act.id := 0; v_prev := '';
    END IF;
    v_act.id := v_act.id + 1;
    v_act.card := p_card; v_act.act := p_act; v_act.account := p_account; v_act.org := p_org; v_act.at := p_at;
    v_act.reason := p_reason; v_act.until := p_until; v_act.key := p_key;
    v_act.chain := card_chain(v_prev, v_act);
    INSERT INTO card_act SELECT v_act.*;
    UPDATE card SET status = p_status WHERE id = p_card;
    RETURN v_act.id;
END $$;
-- +goose StatementEnd

-- put_card_rows makes the cards of a case (or, with an empty case, those of one rule over many cases) exactly those
-- given. Cards somebody has acted on stay and are marked as gone. It gives the rules whose cards have changed.
-- +goose StatementBegin
CREATE FUNCTION put_card_rows(p_case text, p_rule text, p_cards jsonb) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    v_changed text[];
    v_gone text[];
BEGIN
    WITH given AS (
        SELECT x.rule, x.fire, x.subject, x.class, x.level, coalesce(x.item, '') AS item, coalesce(x.region, '') AS region, x.org,
            coalesce(x.person, '') AS person, x.at, v.value AS data
        FROM jsonb_array_elements(p_cards) v, jsonb_to_record(v.value) AS x(rule text, fire int, subject text, class text, level int,
            item text, region text, org text, person text, at timestamptz)
    ), put AS (
        INSERT INTO card AS c (case_no, rule, fire, subject, class, level, item, region, org, person, at, data)
        SELECT p_case, g.rule, g.fire, g.subject, g.class, g.level, g.item, g.region, g.org, g.person, g.at, g.data
        FROM given g ORDER BY g.at, g.rule, g.fire, g.subject
        ON CONFLICT (case_no, rule, fire, subject) DO UPDATE SET class = excluded.class, level = excluded.level, item = excluded.item,
            region = excluded.region, org = excluded.org, person = excluded.person, at = excluded.at, data = excluded.data, gone = false
        WHERE c.gone OR c.data IS DISTINCT FROM excluded.data
        RETURNING c.rule
    )
    SELECT coalesce(array_agg(DISTINCT p.rule), '{}') INTO v_changed FROM put p;

    WITH given AS (
        SELECT x.rule, x.fire, x.subject FROM jsonb_array_elements(p_cards) v, jsonb_to_record(v.value) AS x(rule text, fire int, subject text)
    ), old AS (
        SELECT c.id, c.rule, EXISTS (SELECT 1 FROM card_act a WHERE a.card = c.id) AS acted FROM card c
        WHERE c.case_no = p_case AND NOT c.by_hand AND NOT c.gone AND (p_case <> '' OR c.rule = p_rule)
          AND NOT EXISTS (SELECT 1 FROM given g WHERE (g.rule, g.fire, g.subject) = (c.rule, c.fire, c.subject))
    ), marked AS (
        UPDATE card c SET gone = true FROM old o WHERE c.id = o.id AND o.acted RETURNING c.rule
    ), dropped AS (
        DELETE FROM card c USING old o WHERE c.id = o.id AND NOT o.acted RETURNING c.rule
    )
    SELECT coalesce(array_agg(DISTINCT x.rule), '{}') INTO v_gone FROM (SELECT rule FROM marked UNION SELECT rule FROM dropped) x;
    RETURN v_changed || v_gone;
END $$;
-- +goose StatementEnd

-- put_cards writes what a case was found to have, unless it has been judged further already (null then).
-- +goose StatementBegin
CREATE FUNCTION put_cards(p_case text, p_rules text, p_seq bigint, p_until timestamptz, p_next timestamptz, p_cards jsonb)
    RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    w case_watch%ROWTYPE;
BEGIN
    INSERT INTO case_watch (case_no, rules, seq, until, next) VALUES (p_case, p_rules, p_seq, p_until, p_next) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT * INTO w FROM case_watch c WHERE c.case_no = p_case FOR UPDATE;
        IF w.rules <> p_rules OR (w.seq, w.until) > (p_seq, p_until) THEN
            RETURN NULL;
        END IF;
        UPDATE case_watch c SET seq = p_seq, until = p_until, next = p_next WHERE c.case_no = p_case;
    END IF;
    RETURN put_card_rows(p_case, '', p_cards);
END $$;
-- +goose StatementEnd

-- org_below: an organisation, all below it, and for a government every organisation of its region (bodies under
-- vertical management have no parent in it).
-- +goose StatementBegin
CREATE FUNCTION org_below(p_org text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    WITH RECURSIVE below AS (
        SELECT o.code FROM organisation o WHERE o.code = p_org
        UNION
        SELECT o.code FROM organisation o JOIN below b ON o.parent = b.code
    )
    SELECT code FROM below
    UNION
    SELECT o.code FROM organisation o JOIN organisation g ON g.code = p_org AND g.kind = 'government' AND g.region <> '' AND starts_with(o.region, g.region)
$$;
-- +goose StatementEnd

-- org_supervised: what a supervisor of an organisation looks after: all that is below its parent, or below itself
-- where it has none.
-- +goose StatementBegin
CREATE FUNCTION org_supervised(p_org text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT org_below(coalesce((SELECT o.parent FROM organisation o WHERE o.code = p_org), p_org))
$$;
-- +goose StatementEnd
