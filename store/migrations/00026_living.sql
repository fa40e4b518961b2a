-- Cases time still moves for: what is open, and what is closed while somebody is still bound by it (a duty,
-- a result to be handed out anew). The open tasks are few and indexed; the closed cases are not.
-- +goose Up

CREATE VIEW case_living AS
    SELECT case_no, region, received_at FROM case_record WHERE status <> 'closed'
    UNION ALL
    SELECT case_no, region, received_at FROM case_record
    WHERE status = 'closed' AND case_no IN (SELECT case_no FROM task WHERE status = 'open');
