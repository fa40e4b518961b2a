-- A case's clocks are shown from its log, with all that moved them; only the inbox looked here, for what
-- little it says of a task's due time, which the task's own row now knows.
-- +goose Up

UPDATE task t SET data = t.data || jsonb_build_object('basis', jsonb_strip_nulls(jsonb_build_object(
    'from', k.data -> 'from', 'period', k.data -> 'period',
    'extended', (SELECT jsonb_agg(e -> 'period') FROM jsonb_array_elements(k.data -> 'extended') e),
    'paused', CASE WHEN jsonb_array_length(k.data -> 'stops') > 0 THEN true END)))
FROM clock k WHERE k.case_no = t.case_no AND k.id = t.data ->> 'clock';
DROP TABLE clock;

-- When time will change a case next is asked of its state: it would be written at nearly every act, and no list looks at it.
ALTER TABLE case_record DROP COLUMN next;
