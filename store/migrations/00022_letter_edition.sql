-- Wordings of letters an installation has published, each from a day on. What comes with the program counts where there is none.
-- +goose Up

CREATE TABLE letter_edition (
    kind         text NOT NULL CHECK (kind <> ''),
    version      text NOT NULL CHECK (version <> ''),
    from_day     date NOT NULL, -- of the act a letter follows from
    hash         text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
    source       bytea NOT NULL,
    published_by text NOT NULL,
    published_at timestamptz NOT NULL,
    position     bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
    PRIMARY KEY (kind, version)
);
-- Published is published: another wording is another edition.
CREATE TRIGGER letter_edition_fixed BEFORE UPDATE OR DELETE ON letter_edition FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER letter_edition_truncate BEFORE TRUNCATE ON letter_edition FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
