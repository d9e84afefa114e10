-- What Halo's webhooks have told of: a ticket that was logged (action 0), or an action that was added. Each is looked at once.
CREATE TABLE doorbells (
    ticket      INTEGER NOT NULL,
    action      INTEGER NOT NULL DEFAULT 0,
    reason      TEXT,                    -- what came of it: a message, JSON
    received_at INTEGER NOT NULL,
    next_at     INTEGER,
    attempts    INTEGER NOT NULL DEFAULT 0,
    lease_until INTEGER,
    fence       INTEGER NOT NULL DEFAULT 0,
    repeats     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (ticket, action)
) STRICT;
CREATE INDEX doorbells_due ON doorbells (next_at) WHERE next_at IS NOT NULL;

-- Webhooks that could not be read, for people to look at.
CREATE TABLE unread_webhooks (
    digest      BLOB PRIMARY KEY,        -- SHA-256 of the body
    reason      TEXT NOT NULL,
    body        BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    repeats     INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Devices that were opened from their asset.
CREATE TABLE launches (
    code   TEXT PRIMARY KEY,
    asset  INTEGER NOT NULL,
    ticket INTEGER,
    agent  INTEGER NOT NULL,
    name   TEXT NOT NULL,
    at     INTEGER NOT NULL
) STRICT;
CREATE INDEX launches_by_asset ON launches (asset, at);
