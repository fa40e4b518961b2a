-- How definitions come about: drafts, requests to publish them, tests of versions, suspensions.
-- +goose Up

-- A text somebody works on. revision counts the writes: who saves over another one is refused. While publication is asked
-- for, it stands still.
CREATE TABLE definition_draft (
    id           text PRIMARY KEY CHECK (id <> ''),
    name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    text         text NOT NULL,
    tests        jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(tests) = 'array'),
    base_item    text NOT NULL DEFAULT '',
    base_version text NOT NULL DEFAULT '',
    revision     bigint NOT NULL DEFAULT 1 CHECK (revision > 0),
    state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'asked', 'published')),
    -- Everybody who has written in it; none of them may publish it.
    writers      text[] NOT NULL CHECK (cardinality(writers) > 0),
    created_by   text NOT NULL REFERENCES account,
    created_at   timestamptz NOT NULL,
    changed_by   text NOT NULL REFERENCES account,
    changed_at   timestamptz NOT NULL,
    CONSTRAINT definition_draft_base CHECK ((base_item = '') = (base_version = ''))
) WITH (fillfactor = 80);
CREATE INDEX definition_draft_changed ON definition_draft (changed_at DESC, id) WHERE state <> 'published';

-- Publication was asked for, and what became of it. It outlives its draft: it says who answers for a version.
CREATE TABLE definition_request (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    draft      text NOT NULL CHECK (draft <> ''),
    revision   bigint NOT NULL,
    note       text NOT NULL CHECK (note <> ''),
    writers    text[] NOT NULL CHECK (cardinality(writers) > 0),
    asked_by   text NOT NULL REFERENCES account,
    asked_at   timestamptz NOT NULL,
    decision   text NOT NULL DEFAULT '' CHECK (decision IN ('', 'published', 'returned', 'withdrawn')),
    decided_by text NOT NULL DEFAULT '',
    decided_at timestamptz,
    reason     text NOT NULL DEFAULT '',
    item       text,
    version    text,
    CONSTRAINT definition_request_decided CHECK ((decision = '') = (decided_at IS NULL) AND (decision = '') = (decided_by = '')),
    CONSTRAINT definition_request_reason CHECK ((decision = 'returned') = (reason <> '')),
    CONSTRAINT definition_request_version CHECK ((decision = 'published') = (item IS NOT NULL) AND (item IS NULL) = (version IS NULL)),
    CONSTRAINT definition_request_four_eyes CHECK (decision NOT IN ('published', 'returned') OR decided_by <> asked_by AND decided_by <> ALL (writers)),
    FOREIGN KEY (item, version) REFERENCES definition_version
);
CREATE UNIQUE INDEX definition_request_open ON definition_request (draft) WHERE decision = '';
CREATE UNIQUE INDEX definition_request_published ON definition_request (item, version) WHERE decision = 'published';
CREATE INDEX definition_request_draft ON definition_request (draft, id);
-- What was decided stands.
CREATE TRIGGER definition_request_fixed BEFORE UPDATE ON definition_request FOR EACH ROW
    WHEN (OLD.decision <> '' OR (OLD.draft, OLD.revision, OLD.note, OLD.writers, OLD.asked_by, OLD.asked_at)
       IS DISTINCT FROM (NEW.draft, NEW.revision, NEW.note, NEW.writers, NEW.asked_by, NEW.asked_at))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER definition_request_delete BEFORE DELETE ON definition_request FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The scenario tests a version was published with.
CREATE TABLE definition_test (
    item    text NOT NULL,
    version text NOT NULL,
    name    text NOT NULL CHECK (name <> ''),
    text    text NOT NULL,
    PRIMARY KEY (item, version, name),
    FOREIGN KEY (item, version) REFERENCES definition_version
);
CREATE TRIGGER definition_test_fixed BEFORE UPDATE OR DELETE ON definition_test FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- New cases under a version were stopped, or allowed again.
CREATE TABLE definition_suspension (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item      text NOT NULL,
    version   text NOT NULL,
    suspended boolean NOT NULL,
    reason    text NOT NULL CHECK (reason <> ''),
    account   text NOT NULL,
    at        timestamptz NOT NULL,
    FOREIGN KEY (item, version) REFERENCES definition_version
);
CREATE INDEX definition_suspension_version ON definition_suspension (item, version, id DESC);
CREATE TRIGGER definition_suspension_fixed BEFORE UPDATE OR DELETE ON definition_suspension FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Which cases run on a version: the hash names item and version at once.
CREATE INDEX case_record_definition ON case_record (definition, status, received_at DESC, case_no DESC);
