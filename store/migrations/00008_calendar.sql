-- Calendars loaded while cases are open: which one a region uses, and how far its open cases have been told.
-- +goose Up

-- What a region uses is not always what came last: a closure that is taken back leads to a calendar that was there before.
CREATE TABLE calendar_current (
    region  text PRIMARY KEY,
    version text NOT NULL,
    since   timestamptz NOT NULL,
    FOREIGN KEY (region, version) REFERENCES calendar_version (region, version)
);
INSERT INTO calendar_current (region, version, since)
SELECT DISTINCT ON (region) region, version, loaded_at FROM calendar_version ORDER BY region, position DESC;

CREATE TABLE calendar_load (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key      text NOT NULL UNIQUE CHECK (length(key) BETWEEN 1 AND 200),
    -- Open cases whose region begins with one of these are told.
    regions  text[] NOT NULL,
    versions text[] NOT NULL,
    reason   text NOT NULL CHECK (reason <> ''),
    by       text NOT NULL,
    at       timestamptz NOT NULL,
    done_at  timestamptz
);
CREATE INDEX calendar_load_open ON calendar_load (id) WHERE done_at IS NULL;

-- One row per case told, with the key of its command: the walk over all open cases goes on where it stopped.
CREATE TABLE calendar_told (
    load    bigint NOT NULL REFERENCES calendar_load,
    case_no text NOT NULL REFERENCES case_head,
    key     text NOT NULL REFERENCES command,
    PRIMARY KEY (load, case_no)
);
