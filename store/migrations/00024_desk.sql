-- +goose Up

-- Who has a task before him just now. It is not worth keeping: it is not logged, and expires by the server's clock.
CREATE UNLOGGED TABLE presence (
    case_no text NOT NULL,
    task    text NOT NULL,
    account text NOT NULL,
    until   timestamptz NOT NULL,
    PRIMARY KEY (case_no, task, account)
);
CREATE INDEX presence_until ON presence (until);
