-- Definition versions, calendars, organisations, people, files, the business clock.
-- +goose Up

CREATE TABLE definition_version (
    item           text NOT NULL CHECK (item <> ''),
    version        text NOT NULL CHECK (version <> ''),
    code           text NOT NULL CHECK (code <> ''),
    name           text NOT NULL,
    effective_on   date NOT NULL,
    hash           text NOT NULL CHECK (hash <> ''),
    canonical      bytea NOT NULL,
    source         bytea NOT NULL,
    published_by   text NOT NULL,
    published_at   timestamptz NOT NULL,
    suspended      boolean NOT NULL DEFAULT false,
    suspended_why  text NOT NULL DEFAULT '',
    PRIMARY KEY (item, version)
);
CREATE UNIQUE INDEX definition_version_hash ON definition_version (hash);
CREATE INDEX definition_version_effective ON definition_version (item, effective_on DESC);

-- Published is published: only the suspension of new cases may change.
CREATE TRIGGER definition_version_fixed BEFORE UPDATE ON definition_version FOR EACH ROW
    WHEN ((OLD.item, OLD.version, OLD.code, OLD.name, OLD.effective_on, OLD.hash, OLD.canonical, OLD.source, OLD.published_by, OLD.published_at)
       IS DISTINCT FROM (NEW.item, NEW.version, NEW.code, NEW.name, NEW.effective_on, NEW.hash, NEW.canonical, NEW.source, NEW.published_by, NEW.published_at))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER definition_version_delete BEFORE DELETE ON definition_version FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE calendar_version (
    region    text NOT NULL,
    version   text NOT NULL CHECK (version <> ''),
    data      bytea NOT NULL,
    loaded_at timestamptz NOT NULL,
    position  bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
    PRIMARY KEY (region, version)
);
CREATE TRIGGER calendar_version_fixed BEFORE UPDATE OR DELETE ON calendar_version FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE organisation (
    code        text PRIMARY KEY CHECK (code <> ''),
    credit_code text NOT NULL DEFAULT '',
    name        text NOT NULL CHECK (name <> ''),
    name_en     text NOT NULL DEFAULT '',
    parent      text REFERENCES organisation DEFERRABLE INITIALLY DEFERRED CHECK (parent <> code),
    region      text NOT NULL,
    kind        text NOT NULL CHECK (kind <> '')
);
CREATE UNIQUE INDEX organisation_credit ON organisation (credit_code) WHERE credit_code <> '';

-- Who plays which party of which item ('*': every item), for a region and everything below it.
CREATE TABLE party_org (
    item      text NOT NULL CHECK (item <> ''),
    party     text NOT NULL CHECK (party <> ''),
    region    text NOT NULL,
    org       text NOT NULL REFERENCES organisation,
    from_day  date NOT NULL DEFAULT '0001-01-01',
    until_day date NOT NULL DEFAULT '9999-12-31', -- exclusive
    PRIMARY KEY (item, party, region, from_day),
    CHECK (from_day < until_day)
);

CREATE TABLE account (
    id            text PRIMARY KEY CHECK (id <> ''),
    login         text NOT NULL UNIQUE CHECK (login <> ''),
    name          text NOT NULL,
    password_hash text,
    active        boolean NOT NULL DEFAULT true
);

CREATE TABLE account_role (
    account text NOT NULL REFERENCES account,
    org     text NOT NULL REFERENCES organisation,
    role    text NOT NULL CHECK (role <> ''),
    PRIMARY KEY (account, org, role)
);
CREATE INDEX account_role_org ON account_role (org, role);

CREATE TABLE session (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    account    text NOT NULL REFERENCES account,
    org        text NOT NULL REFERENCES organisation,
    expires    timestamptz NOT NULL
);
CREATE INDEX session_account ON session (account);
CREATE INDEX session_expires ON session (expires);

-- What lies in the bucket, once per content, and every upload of it.
CREATE TABLE file (
    hash  text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
    size  bigint NOT NULL CHECK (size >= 0),
    type  text NOT NULL
);
CREATE TRIGGER file_fixed BEFORE UPDATE ON file FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE upload (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash    text NOT NULL REFERENCES file,
    name    text NOT NULL,
    account text NOT NULL,
    org     text NOT NULL,
    at      timestamptz NOT NULL,
    case_no text REFERENCES case_head
);
CREATE INDEX upload_hash ON upload (hash);
CREATE INDEX upload_case ON upload (case_no) WHERE case_no IS NOT NULL;

-- The business clock runs ahead of the real one by so many microseconds; it can only be moved forward.
CREATE TABLE business_clock (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    ahead    bigint NOT NULL DEFAULT 0 CHECK (ahead >= 0),
    moved_at timestamptz
);
INSERT INTO business_clock DEFAULT VALUES;
CREATE TRIGGER business_clock_forward BEFORE UPDATE ON business_clock FOR EACH ROW
    WHEN (NEW.ahead < OLD.ahead) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER business_clock_delete BEFORE DELETE ON business_clock FOR EACH ROW EXECUTE FUNCTION refuse_change();
