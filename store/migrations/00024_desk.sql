-- What desks need beyond the rows of a case: an inbox that is filtered, sorted and counted at any size, and who looks
-- at a task just now.
-- +goose Up

-- When the case was received: inboxes are sorted by it. A task is never moved to another case, and a case's receipt never changes.
ALTER TABLE task ADD COLUMN received_at timestamptz;
-- Whether its clock stands still: such a task is grey, whatever its due time.
ALTER TABLE task ADD COLUMN stopped boolean NOT NULL GENERATED ALWAYS AS (data ? 'stop') STORED;

-- +goose StatementBegin
CREATE FUNCTION task_received() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT r.received_at INTO NEW.received_at FROM case_record r WHERE r.case_no = NEW.case_no;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER task_received BEFORE INSERT ON task FOR EACH ROW EXECUTE FUNCTION task_received();
UPDATE task t SET received_at = r.received_at FROM case_record r WHERE r.case_no = t.case_no;
ALTER TABLE task ALTER COLUMN received_at SET NOT NULL;

-- Lights are counted from the index alone.
DROP INDEX task_org;
CREATE INDEX task_org ON task (org, due, case_no, id) INCLUDE (warn, stopped, claimed, role, kind, step, item) WHERE status = 'open';
CREATE INDEX task_received ON task (org, received_at, case_no, id) WHERE status = 'open';
CREATE INDEX task_case ON task (org, case_no, id) WHERE status = 'open';

-- Who has a task before him just now. It is not worth keeping: it is not logged, and expires by the server's clock.
CREATE UNLOGGED TABLE presence (
    case_no text NOT NULL,
    task    text NOT NULL,
    account text NOT NULL,
    until   timestamptz NOT NULL,
    PRIMARY KEY (case_no, task, account)
);
CREATE INDEX presence_until ON presence (until);
