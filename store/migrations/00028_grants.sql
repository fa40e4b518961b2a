-- The public record of grants (行政许可法第四十条): the newest first, or one by its number.
-- +goose Up

CREATE INDEX result_at ON result (at DESC, case_no DESC, id DESC);
CREATE INDEX result_number ON result (number) WHERE number <> '';
