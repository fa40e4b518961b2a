-- A case has one correction notice, and one more for each time a supervisor has more corrected: he gives his reason and
-- there is a card for it. The log held none but the first, so such a notice could not be written.
-- +goose Up

DROP INDEX case_event_once;
CREATE UNIQUE INDEX case_event_once ON case_event (case_no, type)
    WHERE type IN ('CaseAccepted', 'CaseRefused', 'NoticeSent', 'OutcomeFixed', 'CaseClosed')
      AND NOT (type = 'NoticeSent' AND position('"override":true'::bytea IN body) > 0); -- inside a text the marks would be escaped

-- In the read model the first is correction, which the key has once; a supervisor's are numbered.
DROP INDEX notice_once;
ALTER TABLE notice ADD CONSTRAINT notice_once CHECK (kind <> 'correction' OR id ~ '^correction(#[0-9]+)?$');
