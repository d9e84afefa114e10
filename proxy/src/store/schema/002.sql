-- A session tells who first told of it, since when it is being tried, how often a holder died on it since a step was recorded,
-- what people look for, and where it rests once its writes are done.
ALTER TABLE sessions ADD COLUMN source     TEXT    NOT NULL DEFAULT 'event';  -- event, sweep
ALTER TABLE sessions ADD COLUMN since      INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN deaths     INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN facts      TEXT;                              -- versioned JSON
ALTER TABLE sessions ADD COLUMN sought     TEXT;                              -- the facts without case, for searching
ALTER TABLE sessions ADD COLUMN rests_in   TEXT    NOT NULL DEFAULT 'written';
UPDATE sessions SET since = announced_at;

-- A report may have megabytes: apart, so that a step on the row does not carry them along.
CREATE TABLE reports (
    lsid TEXT PRIMARY KEY REFERENCES sessions (lsid) ON DELETE CASCADE,
    body BLOB NOT NULL
) STRICT;
INSERT INTO reports (lsid, body) SELECT lsid, report FROM sessions WHERE report IS NOT NULL;
ALTER TABLE sessions DROP COLUMN report;

-- A session may have several writes one after the other: a note moved to another ticket is written there and withdrawn here.
ALTER TABLE outbox RENAME TO outbox_of_one;
CREATE TABLE outbox (
    id           INTEGER PRIMARY KEY,
    lsid         TEXT NOT NULL REFERENCES sessions (lsid) ON DELETE CASCADE,
    kind         TEXT NOT NULL CHECK (kind IN ('note', 'message', 'withdrawal')),
    payload      TEXT NOT NULL,          -- versioned JSON
    attempted_at INTEGER,                -- sent to Halo, outcome unknown
    action       INTEGER,
    written_at   INTEGER
) STRICT;
INSERT INTO outbox (lsid, kind, payload, attempted_at, action, written_at)
    SELECT lsid, kind, payload, attempted_at, action, written_at FROM outbox_of_one;
DROP TABLE outbox_of_one;
CREATE INDEX outbox_by_session ON outbox (lsid);

-- Nobody asks for events by their session; each index is a page more to write before the 200. Most sessions have no ticket yet.
DROP INDEX events_by_session;
DROP INDEX sessions_by_ticket;
CREATE INDEX sessions_by_ticket ON sessions (ticket) WHERE ticket IS NOT NULL;

-- What people did: linked, unlinked, moved, replayed, changed settings. Only ever added to.
CREATE TABLE audit (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    who     TEXT    NOT NULL,            -- an agent's name, or the command line
    agent   INTEGER,
    what    TEXT    NOT NULL,
    lsid    TEXT,
    ticket  INTEGER
) STRICT;
CREATE INDEX audit_by_session ON audit (lsid);

-- What is listed, counted and watched, without reading the rows.
CREATE INDEX sessions_by_state ON sessions (state, announced_at);
CREATE INDEX sessions_by_time ON sessions (announced_at);
CREATE INDEX sessions_waiting ON sessions (since) WHERE state IN ('awaiting_report', 'pending');
CREATE INDEX sessions_held ON sessions (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX sessions_swept ON sessions (source) WHERE source = 'sweep';
CREATE INDEX outbox_in_doubt ON outbox (attempted_at) WHERE attempted_at IS NOT NULL AND written_at IS NULL;

-- What is due is looked for state by state: what was begun goes before what is new.
DROP INDEX sessions_due;
CREATE INDEX sessions_due ON sessions (state, next_at) WHERE next_at IS NOT NULL;
