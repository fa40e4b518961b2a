-- Commands (durable intents), the start of a case, tracking codes.
-- +goose Up

-- Order of intents of one case. Writing an intent locks this row until its transaction ends, and
-- so does asking which intents were recorded before an instant.
CREATE TABLE case_intent (
    case_no text PRIMARY KEY REFERENCES case_head,
    last_at timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE command (
    key         text PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 200),
    case_no     text NOT NULL REFERENCES case_head,
    act         text NOT NULL CHECK (act <> ''),
    actor_kind  text NOT NULL CHECK (actor_kind IN ('person', 'applicant', 'system')),
    actor       text NOT NULL,
    org         text NOT NULL,
    body        bytea NOT NULL,
    -- Over act, case, actor and body: the same key with another of them is a mistake of the caller.
    print       bytea NOT NULL CHECK (length(print) = 32),
    recorded_at timestamptz NOT NULL,
    status      text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'done', 'rejected', 'failed')),
    -- json, not jsonb: a repeated key gets the same bytes again.
    reply       json,
    seq         bigint NOT NULL DEFAULT 0,
    attempts    integer NOT NULL DEFAULT 0,
    next_try    timestamptz NOT NULL,
    answered_at timestamptz,
    CONSTRAINT command_answered CHECK ((status = 'pending') = (answered_at IS NULL)),
    CONSTRAINT command_reply CHECK ((status = 'pending') = (reply IS NULL)),
    CONSTRAINT command_order UNIQUE (case_no, recorded_at)
) WITH (fillfactor = 80);
CREATE INDEX command_pending ON command (next_try) WHERE status = 'pending';

-- What an answered command was answered with is never changed: callers have been told.
CREATE TRIGGER command_answer BEFORE UPDATE ON command FOR EACH ROW
    WHEN (OLD.status <> 'pending' OR NEW.print <> OLD.print OR NEW.body <> OLD.body OR NEW.recorded_at <> OLD.recorded_at)
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER command_delete BEFORE DELETE ON command FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The serial of case numbers, per implementation code and day.
CREATE TABLE case_serial (
    code text NOT NULL,
    day  date NOT NULL,
    last bigint NOT NULL CHECK (last > 0),
    PRIMARY KEY (code, day)
) WITH (fillfactor = 50);

CREATE TABLE start_intent (
    case_no    text PRIMARY KEY REFERENCES case_head,
    definition text NOT NULL CHECK (definition <> ''),
    input      bytea NOT NULL,
    started    boolean NOT NULL DEFAULT false,
    attempts   integer NOT NULL DEFAULT 0,
    next_try   timestamptz NOT NULL
);
CREATE INDEX start_intent_open ON start_intent (next_try) WHERE NOT started;

-- A marked start is never unmarked: after Temporal's retention a closed id could be started anew.
CREATE TRIGGER start_intent_once BEFORE UPDATE ON start_intent FOR EACH ROW
    WHEN (OLD.started AND NOT NEW.started) EXECUTE FUNCTION refuse_change();

CREATE TABLE track (
    case_no   text PRIMARY KEY REFERENCES case_head,
    code_hash bytea NOT NULL CHECK (length(code_hash) = 32)
);

-- Guesses in the running window, by what is guessed at: a case's code, a login.
CREATE TABLE attempt (
    subject    text PRIMARY KEY,
    window_end timestamptz NOT NULL,
    tries      integer NOT NULL CHECK (tries > 0)
) WITH (fillfactor = 50);
