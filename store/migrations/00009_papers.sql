-- Papers that are not there as themselves: deferred, a letter in lieu, replaced by a promise.
-- +goose Up

ALTER TABLE material DROP CONSTRAINT material_status_check;
ALTER TABLE material ADD CONSTRAINT material_status_check
    CHECK (status IN ('absent', 'awaited', 'missing', 'present', 'deferred', 'letter', 'promised'));
