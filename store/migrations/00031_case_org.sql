-- +goose Up

-- An organisation's list of open cases is short, that of all its cases is not: so it knows which are
-- closed, but not how far the open ones are, which would have to be written for all of them at each turn.
ALTER TABLE case_org ADD COLUMN closed boolean NOT NULL DEFAULT false;
UPDATE case_org SET closed = true WHERE status = 'closed';
ALTER TABLE case_org DROP COLUMN status;
CREATE INDEX case_org_closed ON case_org (org, closed, received_at DESC, case_no DESC);
