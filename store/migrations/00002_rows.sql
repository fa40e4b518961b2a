-- The read model: what the screens show, one table per part of engine.Rows. `data` is the engine's
-- row as it is; the other columns are what lists filter, order and constrain by. Pages are left some
-- room (fillfactor) so that a changed row stays in its page and its indexes untouched.
-- +goose Up

CREATE TABLE case_record (
    case_no       text PRIMARY KEY REFERENCES case_head,
    item          text NOT NULL,
    item_name     text NOT NULL,
    version       text NOT NULL,
    definition    text NOT NULL,
    region        text NOT NULL,
    channel       text NOT NULL,
    status        text NOT NULL CHECK (status IN ('pre-review', 'received', 'correcting', 'accepted', 'decided', 'closed')),
    outcome       text NOT NULL,
    flags         text[] NOT NULL,
    lead_org      text NOT NULL,
    orgs          text[] NOT NULL,
    received_at   timestamptz NOT NULL,
    accepted_on   date,
    decided_at    timestamptz,
    closed_at     timestamptz,
    statutory_due timestamptz,
    promised_due  timestamptz,
    provisional   boolean NOT NULL,
    overdue       boolean NOT NULL,
    next          timestamptz,
    CONSTRAINT case_record_closed CHECK ((status = 'closed') = (closed_at IS NOT NULL)),
    CONSTRAINT case_record_outcome CHECK (status NOT IN ('decided', 'closed') OR outcome <> ''),
    CONSTRAINT case_record_accepted CHECK (status <> 'accepted' OR accepted_on IS NOT NULL),
    CONSTRAINT case_record_order CHECK (closed_at >= received_at AND decided_at >= received_at)
) WITH (fillfactor = 80);
CREATE INDEX case_record_received ON case_record (received_at DESC, case_no DESC);
CREATE INDEX case_record_status ON case_record (status, received_at DESC, case_no DESC);
CREATE INDEX case_record_item ON case_record (item, received_at DESC, case_no DESC);
CREATE INDEX case_record_tail ON case_record (reverse(case_no) text_pattern_ops);

-- Form and answers are large and change seldom: a table of their own keeps a flush from writing them again.
CREATE TABLE case_form (
    case_no text PRIMARY KEY REFERENCES case_record,
    answers jsonb NOT NULL,
    form    jsonb NOT NULL
);

-- All runs of two characters of a name, so that any part of it is found by an ordinary index:
-- trigrams (pg_trgm) are of no use for names of two or three characters, and contrib may be missing.
-- +goose StatementBegin
CREATE FUNCTION name_grams(name text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(n, i, 2)), '{}')
    FROM (SELECT lower(regexp_replace(name, '\s', '', 'g')) AS n) x, generate_series(1, length(n) - 1) i
$$;
-- +goose StatementEnd

-- Personal data: nowhere else but in the form and in the event that carries it.
CREATE TABLE applicant (
    case_no text PRIMARY KEY REFERENCES case_record,
    name    text NOT NULL,
    id      text NOT NULL,
    phone   text NOT NULL,
    grams   text[] NOT NULL GENERATED ALWAYS AS (name_grams(name)) STORED
);
CREATE INDEX applicant_id ON applicant (upper(id)) WHERE id <> '';
CREATE INDEX applicant_phone ON applicant (phone) WHERE phone <> '';
CREATE INDEX applicant_name ON applicant (name);
CREATE INDEX applicant_grams ON applicant USING gin (grams);

-- Which organisations may see a case, with what their lists filter by.
CREATE TABLE case_org (
    case_no     text NOT NULL REFERENCES case_record,
    org         text NOT NULL CHECK (org <> ''),
    item        text NOT NULL,
    status      text NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (case_no, org)
);
CREATE INDEX case_org_received ON case_org (org, received_at DESC, case_no DESC);
CREATE INDEX case_org_status ON case_org (org, status, received_at DESC, case_no DESC);
CREATE INDEX case_org_item ON case_org (org, item, received_at DESC, case_no DESC);

CREATE TABLE case_step (
    case_no text NOT NULL REFERENCES case_record,
    id      text NOT NULL,
    ordinal integer NOT NULL,
    status  text NOT NULL CHECK (status IN ('waiting', 'open', 'ended', 'absent')),
    ending  text NOT NULL,
    org     text NOT NULL,
    data    jsonb NOT NULL,
    PRIMARY KEY (case_no, id),
    CONSTRAINT case_step_ended CHECK ((status = 'ended') = (ending <> ''))
) WITH (fillfactor = 80);

CREATE TABLE task (
    case_no text NOT NULL REFERENCES case_record,
    id      text NOT NULL,
    item    text NOT NULL,
    step    text NOT NULL,
    kind    text NOT NULL,
    party   text NOT NULL,
    org     text NOT NULL,
    role    text NOT NULL,
    status  text NOT NULL CHECK (status IN ('open', 'done', 'cancelled')),
    claimed text NOT NULL,
    done_by text NOT NULL,
    done_at timestamptz,
    -- The end of time stands for "no limit", so that keyset pages need no case for null.
    due     timestamptz NOT NULL,
    warn    timestamptz NOT NULL,
    data    jsonb NOT NULL,
    -- When its case was received: inboxes are sorted by it.
    received_at timestamptz NOT NULL,
    -- Whether its clock stands still: such a task is grey, whatever its due time.
    stopped boolean NOT NULL GENERATED ALWAYS AS (data ? 'stop') STORED,
    PRIMARY KEY (case_no, id),
    CONSTRAINT task_done CHECK ((status = 'open') = (done_at IS NULL)) -- done or cancelled, and when
) WITH (fillfactor = 80);
-- Lights are counted from this index alone.
CREATE INDEX task_org ON task (org, due, case_no, id) INCLUDE (warn, stopped, claimed, role, kind, step, item) WHERE status = 'open';
CREATE INDEX task_received ON task (org, received_at, case_no, id) WHERE status = 'open';
CREATE INDEX task_case ON task (org, case_no, id) WHERE status = 'open';
CREATE INDEX task_role ON task (org, role, due, case_no, id) WHERE status = 'open';
CREATE INDEX task_claimed ON task (claimed, due, case_no, id) WHERE status = 'open' AND claimed <> '';
CREATE INDEX task_done_at ON task (org, done_at DESC, case_no DESC, id DESC) WHERE status = 'done';
CREATE INDEX task_done_by ON task (done_by, done_at DESC, case_no DESC, id DESC) WHERE status = 'done' AND done_by <> '';

CREATE TABLE clock (
    case_no  text NOT NULL REFERENCES case_record,
    id       text NOT NULL,
    class    text NOT NULL CHECK (class IN ('statutory', 'promised')),
    step     text NOT NULL,
    due      timestamptz NOT NULL,
    overdue  boolean NOT NULL,
    ended_at timestamptz,
    data     jsonb NOT NULL,
    PRIMARY KEY (case_no, id),
    -- The ledger tells everything that happened to a clock; an ended one says so in its last lines.
    CONSTRAINT clock_ledger CHECK (jsonb_typeof(data -> 'ledger') = 'array' AND jsonb_array_length(data -> 'ledger') > 0)
) WITH (fillfactor = 80);

CREATE TABLE material (
    case_no text NOT NULL REFERENCES case_record,
    id      text NOT NULL,
    status  text NOT NULL CHECK (status IN ('absent', 'awaited', 'missing', 'present')),
    hash    text NOT NULL,
    data    jsonb NOT NULL,
    PRIMARY KEY (case_no, id)
) WITH (fillfactor = 80);
CREATE INDEX material_hash ON material (hash) WHERE hash <> '';

CREATE TABLE notice (
    case_no text NOT NULL REFERENCES case_record,
    id      text NOT NULL,
    kind    text NOT NULL,
    party   text NOT NULL,
    at      timestamptz NOT NULL,
    data    jsonb NOT NULL,
    PRIMARY KEY (case_no, id)
);
-- 行政许可法第三十二条第一款第四项：一次性告知。
CREATE UNIQUE INDEX notice_once ON notice (case_no) WHERE kind = 'correction';

CREATE TABLE result (
    case_no text NOT NULL REFERENCES case_record,
    id      text NOT NULL,
    step    text NOT NULL,
    org     text NOT NULL,
    number  text NOT NULL,
    at      timestamptz NOT NULL,
    done_at timestamptz,
    way     text NOT NULL,
    data    jsonb NOT NULL,
    PRIMARY KEY (case_no, id),
    CONSTRAINT result_handed CHECK (done_at IS NULL OR (way <> '' AND done_at >= at))
) WITH (fillfactor = 80);

-- Everything else a case page shows and lists look for: duties, visits and so on, by kind.
CREATE TABLE dossier (
    case_no text NOT NULL REFERENCES case_record,
    kind    text NOT NULL CHECK (kind <> ''),
    id      text NOT NULL CHECK (id <> ''),
    step    text NOT NULL,
    org     text NOT NULL,
    status  text NOT NULL CHECK (status <> ''),
    due     timestamptz NOT NULL, -- the end of time: no limit
    at      timestamptz NOT NULL,
    data    jsonb NOT NULL,
    PRIMARY KEY (case_no, kind, id)
) WITH (fillfactor = 80);
CREATE INDEX dossier_open ON dossier (org, kind, due, case_no, id) WHERE status = 'open';

