-- ANALYZE reads a sample of every column, long ones most slowly, and sorts it. Nothing is looked for by
-- what these hold as a whole, so the planner has no use for what it would learn.
-- +goose Up

-- The log is the longest table and read by its key alone; a small sample is enough to know how long it is.
ALTER TABLE case_event ALTER case_no SET STATISTICS 10, ALTER seq SET STATISTICS 10, ALTER at SET STATISTICS 10, ALTER type SET STATISTICS 10,
    ALTER actor_kind SET STATISTICS 10, ALTER actor SET STATISTICS 10, ALTER org SET STATISTICS 10, ALTER command SET STATISTICS 10;
ALTER TABLE case_event ALTER body SET STATISTICS 0, ALTER prev SET STATISTICS 0, ALTER hash SET STATISTICS 0;
ALTER TABLE command ALTER body SET STATISTICS 0, ALTER print SET STATISTICS 0, ALTER reply SET STATISTICS 0;
ALTER TABLE start_intent ALTER input SET STATISTICS 0;
ALTER TABLE case_form ALTER answers SET STATISTICS 0, ALTER form SET STATISTICS 0;
ALTER TABLE case_step ALTER data SET STATISTICS 0;
ALTER TABLE task ALTER data SET STATISTICS 0;
ALTER TABLE clock ALTER data SET STATISTICS 0;
ALTER TABLE material ALTER data SET STATISTICS 0;
ALTER TABLE notice ALTER data SET STATISTICS 0;
ALTER TABLE result ALTER data SET STATISTICS 0;
ALTER TABLE dossier ALTER data SET STATISTICS 0;
ALTER TABLE feed ALTER hash SET STATISTICS 0, ALTER chain SET STATISTICS 0;
