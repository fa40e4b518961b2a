-- What later cases of the same applicant need not bring again: papers of his earlier cases and the
-- certificates they have issued. Both are fed from the feed, so they hold nothing that may still be
-- withdrawn, and can be emptied and fed again. Whose they are stands in `applicant` alone.
-- +goose Up

CREATE TABLE held_paper (
    case_no    text NOT NULL REFERENCES case_head,
    paper      text NOT NULL,
    item       text NOT NULL,
    -- The guide's name of the paper: what papers of different items are known by.
    name       text NOT NULL CHECK (name <> ''),
    hash       text NOT NULL CHECK (length(hash) = 64),
    file       text NOT NULL,
    type       text NOT NULL,
    size       bigint NOT NULL CHECK (size >= 0),
    grade      text NOT NULL CHECK (grade IN ('A', 'B', 'C', 'D')),
    until      date, -- the last day it is valid; null: nobody limits it
    checked_by text NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (case_no, paper),
    CONSTRAINT held_paper_checked CHECK (checked_by = '' OR grade IN ('A', 'B'))
);

CREATE TABLE certificate (
    case_no   text NOT NULL REFERENCES case_head,
    output    text NOT NULL,
    item      text NOT NULL,
    kind      text NOT NULL CHECK (kind <> ''),
    name      text NOT NULL CHECK (name <> ''),
    number    text NOT NULL,
    org       text NOT NULL CHECK (org <> ''), -- the organ that has issued it
    issued_at timestamptz NOT NULL,
    until     date,
    hash      text NOT NULL,
    data      jsonb NOT NULL,
    PRIMARY KEY (case_no, output)
);

-- How far the feed has been read for the two.
CREATE TABLE source_cursor (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint NOT NULL DEFAULT 0,
    seq      bigint NOT NULL DEFAULT 0
);
INSERT INTO source_cursor DEFAULT VALUES;
CREATE TRIGGER source_cursor_delete BEFORE DELETE ON source_cursor FOR EACH ROW EXECUTE FUNCTION refuse_change();
