-- The directory as administrators keep it: revisions, windows of halls, and an audit of every change.
-- +goose Up

-- revision counts the writes: who changes something over another revision is refused. What came with the program
-- stands at 1 until somebody changes it, and is then left to him.
ALTER TABLE organisation
    ADD COLUMN closed_on date, -- the first day it is no more; null: it is open
    ADD COLUMN revision  bigint NOT NULL DEFAULT 1 CHECK (revision > 0);
ALTER TABLE party_org ADD COLUMN revision bigint NOT NULL DEFAULT 1 CHECK (revision > 0);
ALTER TABLE account
    ADD COLUMN post               text NOT NULL DEFAULT '',
    -- The initials of the name's pinyin, in every reading, with blanks between.
    ADD COLUMN initials           text NOT NULL DEFAULT '',
    -- The name the provider of an outside sign-in knows the person by.
    ADD COLUMN external           text NOT NULL DEFAULT '',
    -- The password was set by somebody else and has to be changed at the next login.
    ADD COLUMN password_temporary boolean NOT NULL DEFAULT false,
    ADD COLUMN revision           bigint NOT NULL DEFAULT 1 CHECK (revision > 0);
CREATE INDEX account_initials ON account (initials, id);
CREATE UNIQUE INDEX account_external ON account (external) WHERE external <> '';

-- The windows of a hall: some take the items they name, and one takes everything else (N+1).
CREATE TABLE hall_window (
    id       text PRIMARY KEY CHECK (id <> ''),
    hall     text NOT NULL REFERENCES organisation,
    name     text NOT NULL CHECK (name <> ''),
    name_en  text NOT NULL DEFAULT '',
    fallback boolean NOT NULL,
    closed   boolean NOT NULL DEFAULT false,
    revision bigint NOT NULL DEFAULT 1 CHECK (revision > 0),
    CONSTRAINT hall_window_open CHECK (NOT (fallback AND closed))
);
CREATE INDEX hall_window_hall ON hall_window (hall, id);
CREATE UNIQUE INDEX hall_window_fallback ON hall_window (hall) WHERE fallback;
CREATE TABLE hall_window_item (
    hall_window text NOT NULL REFERENCES hall_window,
    item        text NOT NULL CHECK (item <> ''),
    PRIMARY KEY (hall_window, item)
);
CREATE INDEX hall_window_item_item ON hall_window_item (item);
CREATE TABLE hall_window_clerk (
    hall_window text NOT NULL REFERENCES hall_window,
    account     text NOT NULL REFERENCES account,
    PRIMARY KEY (hall_window, account)
);

-- Who changed what, with what it was before and after. Ids have no gaps: they are given one by one, under a lock that is
-- held until commit.
CREATE TABLE admin_change (
    id      bigint PRIMARY KEY CHECK (id > 0),
    at      timestamptz NOT NULL,
    account text NOT NULL CHECK (account <> ''), -- of who did it; console: on the server itself
    org     text NOT NULL,
    kind    text NOT NULL CHECK (kind <> ''),
    subject text NOT NULL CHECK (subject <> ''),
    act     text NOT NULL CHECK (act <> ''),
    -- json, not jsonb: the chain is over the bytes as they were written.
    before  json,
    after   json,
    chain   bytea NOT NULL CHECK (length(chain) = 32)
);
CREATE INDEX admin_change_subject ON admin_change (kind, subject, id DESC);
CREATE INDEX admin_change_account ON admin_change (account, id DESC);
CREATE TRIGGER admin_change_fixed BEFORE UPDATE OR DELETE ON admin_change FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER admin_change_truncate BEFORE TRUNCATE ON admin_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- admin_chain: SHA-256 over the chain before (hex) and the change as text, its parts divided by zero bytes.
-- +goose StatementBegin
CREATE FUNCTION admin_chain(prev bytea, c admin_change) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(decode(encode(prev, 'hex'), 'escape') || '\x00'::bytea
        || convert_to(c.id || ' ' || (extract(epoch FROM c.at) * 1000000)::bigint, 'UTF8')
        || '\x00'::bytea || convert_to(c.account, 'UTF8') || '\x00'::bytea || convert_to(c.org, 'UTF8') || '\x00'::bytea || convert_to(c.kind, 'UTF8')
        || '\x00'::bytea || convert_to(c.subject, 'UTF8') || '\x00'::bytea || convert_to(c.act, 'UTF8')
        || '\x00'::bytea || convert_to(coalesce(c.before::text, ''), 'UTF8') || '\x00'::bytea || convert_to(coalesce(c.after::text, ''), 'UTF8'))
$$;
-- +goose StatementEnd

-- put_admin_change appends a change; the caller holds the lock of administration.
-- +goose StatementBegin
CREATE FUNCTION put_admin_change(p_at timestamptz, p_account text, p_org text, p_kind text, p_subject text, p_act text, p_before json, p_after json)
    RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_change admin_change%ROWTYPE;
    v_prev bytea := '';
BEGIN
    SELECT c.id, c.chain INTO v_change.id, v_prev FROM admin_change c ORDER BY c.id DESC LIMIT 1;
    IF NOT FOUND THEN
        v_change.id := 0; v_prev := '';
    END IF;
    v_change.id := v_change.id + 1;
    v_change.at := p_at; v_change.account := p_account; v_change.org := p_org; v_change.kind := p_kind; v_change.subject := p_subject;
    v_change.act := p_act; v_change.before := p_before; v_change.after := p_after;
    v_change.chain := admin_chain(v_prev, v_change);
    INSERT INTO admin_change SELECT v_change.*;
    RETURN v_change.id;
END $$;
-- +goose StatementEnd
