-- Letters (文书): what the law puts in writing, numbered, kept and sent. They follow from confirmed
-- events alone and are never withdrawn.
-- +goose Up

-- How an organisation is called in numbers of letters (机关代字); empty: by its name.
ALTER TABLE organisation ADD COLUMN mark text NOT NULL DEFAULT '';

-- How far the feed has been turned into letters. The row is locked by whoever does it.
CREATE TABLE letter_cursor (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint NOT NULL DEFAULT 0 CHECK (position >= 0)
);
INSERT INTO letter_cursor DEFAULT VALUES;

-- Entries of the feed whose letters could not be made (a bug, a definition this program cannot read):
-- they do not hold the others up and are tried again.
CREATE TABLE letter_retry (
    position bigint PRIMARY KEY REFERENCES feed,
    tries    integer NOT NULL DEFAULT 1,
    next_try timestamptz NOT NULL
);

-- Numbers per organ, kind and year. The row is locked until the letter that takes the number is
-- committed: a number is given once, and none is left out.
CREATE TABLE letter_serial (
    org  text NOT NULL,
    kind text NOT NULL,
    year integer NOT NULL,
    last bigint NOT NULL CHECK (last > 0),
    PRIMARY KEY (org, kind, year)
) WITH (fillfactor = 50);

-- Templates as they were used: a letter can be made again years later.
CREATE TABLE letter_template (
    hash   text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
    kind   text NOT NULL,
    source bytea NOT NULL
);

CREATE TABLE letter (
    case_no   text NOT NULL REFERENCES case_head,
    id        text NOT NULL CHECK (id <> ''),
    seq       bigint NOT NULL,
    kind      text NOT NULL CHECK (kind <> ''),
    org       text NOT NULL CHECK (org <> ''),
    year      integer NOT NULL,
    serial    bigint NOT NULL,
    number    text NOT NULL CHECK (number <> ''),
    title     text NOT NULL,
    party     text NOT NULL CHECK (party <> ''),
    party_org text NOT NULL,
    step      text NOT NULL,
    notice    text NOT NULL,
    at        timestamptz NOT NULL,
    template  text NOT NULL REFERENCES letter_template,
    code      text NOT NULL CHECK (length(code) >= 16),
    made_at   timestamptz NOT NULL,
    -- The drawn forms, by content; null until they are drawn, pdf also where no font is installed.
    html      text REFERENCES file,
    pdf       text REFERENCES file,
    drawn_at  timestamptz,
    -- One that could not be drawn rests, so that it does not hold up the others.
    next_draw timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (case_no, id),
    CONSTRAINT letter_number UNIQUE (org, kind, year, serial),
    -- It rests on an event of the log.
    FOREIGN KEY (case_no, seq) REFERENCES case_event (case_no, seq),
    CONSTRAINT letter_drawn CHECK ((drawn_at IS NULL) = (html IS NULL) AND (pdf IS NULL OR html IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX letter_undrawn ON letter (made_at) WHERE html IS NULL;
CREATE INDEX letter_no_pdf ON letter (made_at) WHERE pdf IS NULL;
CREATE INDEX letter_org ON letter (org, kind, year, serial);

-- What a letter says; personal data, apart from what lists need.
CREATE TABLE letter_data (
    case_no text NOT NULL,
    id      text NOT NULL,
    data    jsonb NOT NULL,
    PRIMARY KEY (case_no, id),
    FOREIGN KEY (case_no, id) REFERENCES letter
);

-- A letter is a fact once it has its number: only its drawn forms are added, each once.
CREATE TRIGGER letter_fixed BEFORE UPDATE ON letter FOR EACH ROW
    WHEN ((OLD.case_no, OLD.id, OLD.seq, OLD.kind, OLD.org, OLD.year, OLD.serial, OLD.number, OLD.title, OLD.party, OLD.party_org, OLD.step, OLD.notice, OLD.at, OLD.template, OLD.code, OLD.made_at)
       IS DISTINCT FROM (NEW.case_no, NEW.id, NEW.seq, NEW.kind, NEW.org, NEW.year, NEW.serial, NEW.number, NEW.title, NEW.party, NEW.party_org, NEW.step, NEW.notice, NEW.at, NEW.template, NEW.code, NEW.made_at)
       OR OLD.html IS NOT NULL AND NEW.html IS DISTINCT FROM OLD.html OR OLD.pdf IS NOT NULL AND NEW.pdf IS DISTINCT FROM OLD.pdf)
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER letter_delete BEFORE DELETE ON letter FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER letter_data_fixed BEFORE UPDATE OR DELETE ON letter_data FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER letter_template_fixed BEFORE UPDATE OR DELETE ON letter_template FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- How letters reach their addressee: one row per letter and channel. Being read in the product is a
-- channel (inbox), so is what was handed over and entered by hand (hand).
CREATE TABLE letter_delivery (
    case_no      text NOT NULL,
    id           text NOT NULL,
    channel      text NOT NULL CHECK (channel <> ''),
    status       text NOT NULL CHECK (status IN ('waiting', 'sent', 'delivered', 'failed')),
    attempts     integer NOT NULL DEFAULT 0,
    next_try     timestamptz NOT NULL,
    sent_at      timestamptz,
    delivered_at timestamptz,
    -- What shows that it was sent or came: a reply, a waybill, who signed. Never an address.
    proof        text NOT NULL DEFAULT '',
    error        text NOT NULL DEFAULT '',
    -- Whether the case has been told of the delivery, where a clock starts with it.
    told         boolean NOT NULL DEFAULT false,
    PRIMARY KEY (case_no, id, channel),
    FOREIGN KEY (case_no, id) REFERENCES letter,
    CONSTRAINT letter_delivery_delivered CHECK ((status = 'delivered') = (delivered_at IS NOT NULL)),
    CONSTRAINT letter_delivery_proof CHECK (status NOT IN ('sent', 'delivered') OR (sent_at IS NOT NULL AND proof <> ''))
) WITH (fillfactor = 80);
CREATE INDEX letter_delivery_due ON letter_delivery (next_try) WHERE status = 'waiting';
CREATE INDEX letter_delivery_untold ON letter_delivery (delivered_at) WHERE status = 'delivered' AND NOT told;

-- What was delivered stays delivered, with its proof.
CREATE TRIGGER letter_delivery_fixed BEFORE UPDATE ON letter_delivery FOR EACH ROW
    WHEN (OLD.status = 'delivered' AND (NEW.status, NEW.delivered_at, NEW.proof) IS DISTINCT FROM (OLD.status, OLD.delivered_at, OLD.proof))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER letter_delivery_delete BEFORE DELETE ON letter_delivery FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Every attempt, for ever.
CREATE TABLE letter_attempt (
    case_no text NOT NULL,
    id      text NOT NULL,
    channel text NOT NULL,
    attempt integer NOT NULL,
    at      timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('sent', 'delivered', 'failed', 'given-up')),
    detail  text NOT NULL,
    PRIMARY KEY (case_no, id, channel, attempt),
    FOREIGN KEY (case_no, id, channel) REFERENCES letter_delivery
);
CREATE TRIGGER letter_attempt_fixed BEFORE UPDATE OR DELETE ON letter_attempt FOR EACH ROW EXECUTE FUNCTION refuse_change();
