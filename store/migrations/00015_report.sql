-- What reports count of each case, of its certain events alone: written with the case's cards, a function of the same
-- events. docs/figures.md defines every figure.
-- +goose Up

CREATE TABLE case_fact (
    case_no      text PRIMARY KEY REFERENCES case_head,
    item         text NOT NULL,
    item_name    text NOT NULL,
    region       text NOT NULL,
    channel      text NOT NULL,
    hall         text NOT NULL,
    lead         text NOT NULL,
    orgs         text[] NOT NULL,
    received_at  timestamptz, -- null before the receipt of what is pre-reviewed
    noticed_at   timestamptz,
    accepted_at  timestamptz,
    concluded_at timestamptz,
    closed_at    timestamptz,
    deemed       boolean NOT NULL,
    outcome      text NOT NULL,
    promise      boolean NOT NULL,
    promise_late boolean NOT NULL,
    law          boolean NOT NULL,
    law_late     boolean NOT NULL,
    corrections  integer NOT NULL,
    visits       integer NOT NULL,
    days         integer,
    net_days     integer,
    data         jsonb NOT NULL,
    CONSTRAINT case_fact_concluded CHECK ((outcome <> '') = (concluded_at IS NOT NULL)),
    CONSTRAINT case_fact_days CHECK (days IS NULL AND net_days IS NULL OR net_days BETWEEN 0 AND days)
) WITH (fillfactor = 80);
CREATE INDEX case_fact_received ON case_fact (received_at);
CREATE INDEX case_fact_accepted ON case_fact (accepted_at) WHERE accepted_at IS NOT NULL;
CREATE INDEX case_fact_noticed ON case_fact (noticed_at) WHERE noticed_at IS NOT NULL;
CREATE INDEX case_fact_concluded ON case_fact (concluded_at) WHERE concluded_at IS NOT NULL;
CREATE INDEX case_fact_closed ON case_fact (closed_at) WHERE closed_at IS NOT NULL;
-- A small organisation asks for its year without reading everybody's.
CREATE INDEX case_fact_orgs ON case_fact USING gin (orgs);

-- fact_row spreads what reports count of a case over the columns they count by. In plpgsql it keeps its plan, in sql it would not.
-- +goose StatementBegin
CREATE FUNCTION fact_row(p_case text, p_fact jsonb) RETURNS case_fact LANGUAGE plpgsql STABLE AS $$
DECLARE
    f case_fact;
BEGIN
    SELECT p_case, x.item, x."itemName", x.region, x.channel, x.hall, x.lead, coalesce(x.orgs, '{}'), x."receivedAt", x."noticedAt", x."acceptedAt",
        x."concludedAt", x."closedAt", coalesce(x.deemed, false), coalesce(x.outcome, ''), coalesce(x.promise, false), coalesce(x."promiseLate", false),
        coalesce(x.law, false), coalesce(x."lawLate", false), coalesce(x.corrections, 0), coalesce(x.visits, 0),
        CASE WHEN x.measured THEN coalesce(x.days, 0) END, CASE WHEN x.measured THEN coalesce(x."netDays", 0) END, p_fact
    INTO f
    FROM jsonb_to_record(p_fact) AS x(item text, "itemName" text, region text, channel text, hall text, lead text, orgs text[], "receivedAt" timestamptz,
        "noticedAt" timestamptz, "acceptedAt" timestamptz, "concludedAt" timestamptz, "closedAt" timestamptz, deemed boolean, outcome text,
        promise boolean, "promiseLate" boolean, law boolean, "lawLate" boolean, corrections int, visits int, measured boolean, days int, "netDays" int);
    RETURN f;
END $$;
-- +goose StatementEnd

-- put_cards writes what a case was found to have, and what reports count of it, unless it has been judged further
-- already (null then).
DROP FUNCTION put_cards(text, text, bigint, timestamptz, timestamptz, jsonb);
-- +goose StatementBegin
CREATE FUNCTION put_cards(p_case text, p_rules text, p_seq bigint, p_until timestamptz, p_next timestamptz, p_cards jsonb, p_fact jsonb)
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
    INSERT INTO case_fact AS t SELECT (r).* FROM (SELECT fact_row(p_case, p_fact) AS r OFFSET 0) x
    ON CONFLICT (case_no) DO UPDATE SET (item, item_name, region, channel, hall, lead, orgs, received_at, noticed_at, accepted_at, concluded_at, closed_at,
        deemed, outcome, promise, promise_late, law, law_late, corrections, visits, days, net_days, data)
      = (excluded.item, excluded.item_name, excluded.region, excluded.channel, excluded.hall, excluded.lead, excluded.orgs, excluded.received_at,
        excluded.noticed_at, excluded.accepted_at, excluded.concluded_at, excluded.closed_at, excluded.deemed, excluded.outcome, excluded.promise,
        excluded.promise_late, excluded.law, excluded.law_late, excluded.corrections, excluded.visits, excluded.days, excluded.net_days, excluded.data)
    WHERE t.* IS DISTINCT FROM excluded.*;
    RETURN put_card_rows(p_case, '', p_cards);
END $$;
-- +goose StatementEnd

-- Cases that were judged before are judged once more, for what reports count of them.
UPDATE case_watch SET next = 'epoch';
