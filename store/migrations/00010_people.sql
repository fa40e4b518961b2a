-- Who stands in for whom, what was handed over, and drafts: the directory's and the desks' own data,
-- outside the log of any case.
-- +goose Up

-- A standing deputy: from one day until another (exclusive) he acts for somebody in one organisation.
CREATE TABLE deputy (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org       text NOT NULL REFERENCES organisation,
    account   text NOT NULL REFERENCES account,
    deputy    text NOT NULL REFERENCES account,
    from_day  date NOT NULL,
    until_day date NOT NULL,
    made_by   text NOT NULL,
    made_at   timestamptz NOT NULL,
    ended_by  text NOT NULL DEFAULT '',
    ended_at  timestamptz,
    CONSTRAINT deputy_another CHECK (account <> deputy),
    CONSTRAINT deputy_period CHECK (from_day < until_day),
    CONSTRAINT deputy_ended CHECK ((ended_at IS NULL) = (ended_by = ''))
);
CREATE INDEX deputy_org ON deputy (org, until_day DESC);
CREATE INDEX deputy_deputy ON deputy (deputy, org) WHERE ended_at IS NULL;

-- Everything somebody had on his desk went to a successor.
CREATE TABLE handover (
    id        text PRIMARY KEY CHECK (id <> ''),
    org       text NOT NULL REFERENCES organisation,
    account   text NOT NULL REFERENCES account,
    successor text NOT NULL REFERENCES account,
    reason    text NOT NULL CHECK (reason <> ''),
    made_by   text NOT NULL,
    made_at   timestamptz NOT NULL,
    CONSTRAINT handover_another CHECK (account <> successor)
);
CREATE INDEX handover_org ON handover (org, made_at DESC);

-- What one person has begun to write. version counts the writes: who saves over another version is refused.
CREATE TABLE draft (
    account    text NOT NULL REFERENCES account,
    org        text NOT NULL REFERENCES organisation,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    version    bigint NOT NULL DEFAULT 1 CHECK (version > 0),
    body       jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (account, org, name)
) WITH (fillfactor = 80);
