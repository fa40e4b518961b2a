-- The library and the certificates are fed from whole entries of the feed: which of an entry's events have
-- something for them their types say. An entry that was read in part is read again, which does no harm.
-- +goose Up

UPDATE source_cursor c SET position = f.position - 1 FROM feed f WHERE f.position = c.position AND f.to_seq > c.seq;
ALTER TABLE source_cursor DROP COLUMN seq;
