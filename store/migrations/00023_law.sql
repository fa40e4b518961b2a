-- A result that was annulled (撤销) stays on record and is valid for nobody any more: it must not be
-- offered to a later case as a licence its holder has.
-- +goose Up

ALTER TABLE certificate ADD COLUMN annulled_at timestamptz;

-- Signatures promised for a link whose turn has not come are tasks of nobody yet: a desk that is handed
-- over is looked for here, too.
CREATE INDEX step_signers ON case_step (org, case_no) WHERE status = 'open' AND data ? 'signers';
