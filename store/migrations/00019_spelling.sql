-- Items are found by the pinyin of their names, open cases by their age.
-- +goose Up

-- Of every character its syllable, those it may be read as divided by slashes, and blanks between: kai ban can/sun yin dian.
-- A function of the name, written with it.
ALTER TABLE definition_version ADD COLUMN spelling text NOT NULL DEFAULT '';

-- Open cases are few among all there ever were.
CREATE INDEX case_fact_open ON case_fact (received_at, case_no) WHERE concluded_at IS NULL;
