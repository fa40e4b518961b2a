-- The log of every case, its head, and the feed that tells the outside what is certain.
-- +goose Up

-- One row per case: how far its log goes and who may move it.
CREATE TABLE case_head (
    case_no       text PRIMARY KEY CHECK (length(case_no) BETWEEN 1 AND 50),
    last_seq      bigint NOT NULL CHECK (last_seq > 0),
    last_hash     bytea NOT NULL CHECK (length(last_hash) = 32),
    -- Pair: workflow time of the task, scheduling time of its flush. It never goes back.
    fence         bigint NOT NULL DEFAULT 0,
    fence2        bigint NOT NULL DEFAULT 0,
    -- Events up to here are known to be in history; those above may still be withdrawn.
    confirmed_seq bigint NOT NULL DEFAULT 0 CHECK (confirmed_seq BETWEEN 0 AND last_seq),
    -- The next flush must carry the whole read model.
    rebuild       boolean NOT NULL DEFAULT false,
    alarm         text NOT NULL DEFAULT '',
    moved_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX case_head_unconfirmed ON case_head (moved_at) WHERE confirmed_seq < last_seq;
CREATE INDEX case_head_alarm ON case_head (case_no) WHERE alarm <> '';

-- The facts. body holds the exact bytes the engine hashed; the other columns repeat what lists
-- and filters need. The check makes PostgreSQL itself refuse a row that is off the chain's rule.
CREATE TABLE case_event (
    case_no    text NOT NULL REFERENCES case_head,
    seq        bigint NOT NULL CHECK (seq > 0),
    at         timestamptz NOT NULL,
    type       text NOT NULL CHECK (type <> ''),
    actor_kind text NOT NULL CHECK (actor_kind IN ('person', 'applicant', 'system')),
    actor      text NOT NULL,
    org        text NOT NULL,
    command    text NOT NULL,
    body       bytea NOT NULL,
    prev       bytea NOT NULL,
    hash       bytea NOT NULL,
    PRIMARY KEY (case_no, seq),
    CONSTRAINT case_event_first CHECK ((seq = 1) = (length(prev) = 0)),
    CONSTRAINT case_event_filed CHECK ((seq = 1) = (type = 'CaseFiled')),
    CONSTRAINT case_event_chain CHECK (hash = sha256(decode(encode(prev, 'hex'), 'escape') || '\x00'::bytea || body))
);

-- What happens once in a case: it is accepted or refused, told once what to correct (行政许可法第三十二条),
-- concluded, closed. The read model has one place for each; the log must not hold two.
CREATE UNIQUE INDEX case_event_once ON case_event (case_no, type)
    WHERE type IN ('CaseAccepted', 'CaseRefused', 'NoticeSent', 'OutcomeFixed', 'CaseClosed');

-- What is certain, in the order it became known. Every row is an anchor too: the hash of the
-- case at to_seq, chained over all rows, so that a log rewritten from the start does not fit.
-- Positions have no gaps: they are given under one lock that is held until commit.
CREATE TABLE feed (
    position bigint PRIMARY KEY CHECK (position > 0),
    case_no  text NOT NULL,
    from_seq bigint NOT NULL CHECK (from_seq > 0),
    to_seq   bigint NOT NULL CHECK (to_seq >= from_seq),
    hash     bytea NOT NULL CHECK (length(hash) = 32),
    at       timestamptz NOT NULL,
    chain    bytea NOT NULL CHECK (length(chain) = 32),
    UNIQUE (case_no, to_seq),
    FOREIGN KEY (case_no, to_seq) REFERENCES case_event (case_no, seq)
);

-- Cases with something newly confirmed, waiting to be appended to the feed.
CREATE TABLE feed_queue (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_no text NOT NULL
);

-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: its rows are never changed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only', TABLE = TG_TABLE_NAME;
END $$;
-- +goose StatementEnd

-- A flush may withdraw the tail that is not confirmed yet; nobody may withdraw more.
-- +goose StatementBegin
CREATE FUNCTION refuse_confirmed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM case_head h WHERE h.case_no = OLD.case_no AND h.confirmed_seq >= OLD.seq) THEN
        RAISE EXCEPTION 'event % of case % is confirmed and is never deleted', OLD.seq, OLD.case_no
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'case_event_append_only', TABLE = 'case_event';
    END IF;
    RETURN OLD;
END $$;
-- +goose StatementEnd

-- Confirmed is final: the head may not step behind it, nor lower it.
-- +goose StatementBegin
CREATE FUNCTION refuse_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'case %: confirmed sequence % and fence (%, %) never go back', OLD.case_no, OLD.confirmed_seq, OLD.fence, OLD.fence2
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'case_head_forward', TABLE = 'case_head';
END $$;
-- +goose StatementEnd

CREATE TRIGGER case_event_update BEFORE UPDATE ON case_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_event_delete BEFORE DELETE ON case_event FOR EACH ROW EXECUTE FUNCTION refuse_confirmed();
CREATE TRIGGER case_event_truncate BEFORE TRUNCATE ON case_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_head_delete BEFORE DELETE ON case_head FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_head_back BEFORE UPDATE ON case_head FOR EACH ROW
    WHEN (NEW.confirmed_seq < OLD.confirmed_seq OR (NEW.fence, NEW.fence2) < (OLD.fence, OLD.fence2)) EXECUTE FUNCTION refuse_back();
CREATE TRIGGER feed_change BEFORE UPDATE OR DELETE ON feed FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER feed_truncate BEFORE TRUNCATE ON feed FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
