-- A store as version 1 left it: its schema, and one session of each state that matters.
-- Times are Unix seconds, UTC. Payload columns hold versioned JSON; `sealed` columns are encrypted (see vault.rs).

CREATE TABLE settings (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    version   INTEGER NOT NULL,
    payload   TEXT    NOT NULL,
    saved_at  INTEGER NOT NULL,
    saved_by  INTEGER
) STRICT;

CREATE TABLE secrets (
    name      TEXT PRIMARY KEY,
    sealed    BLOB NOT NULL,
    saved_at  INTEGER NOT NULL
) STRICT;

-- What we learned about the vendors and must not learn again after a restart, such as whether Halo honours an author.
CREATE TABLE findings (
    name      TEXT PRIMARY KEY,
    value     TEXT NOT NULL,
    found_at  INTEGER NOT NULL
) STRICT;

-- A sign-in that is under way at Halo.
CREATE TABLE sign_ins (
    state     BLOB PRIMARY KEY,          -- SHA-256
    browser   BLOB NOT NULL,             -- SHA-256 of the pop-up's cookie
    secrets   BLOB NOT NULL,             -- sealed: PKCE verifier and the frame's nonce
    origin    TEXT NOT NULL,
    started_at INTEGER NOT NULL
) STRICT;

-- A finished sign-in whose one-time code has not been exchanged.
CREATE TABLE exchange_codes (
    code      BLOB PRIMARY KEY,          -- SHA-256
    nonce     BLOB NOT NULL,             -- SHA-256
    caller    TEXT NOT NULL,
    made_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE cookies (
    cookie    BLOB PRIMARY KEY,          -- SHA-256
    caller    TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE agent_tokens (
    agent     INTEGER PRIMARY KEY,
    refresh   BLOB NOT NULL,             -- sealed
    saved_at  INTEGER NOT NULL
) STRICT;

-- An invite is its own job, like a session.
CREATE TABLE invites (
    code        TEXT PRIMARY KEY,
    agent       INTEGER NOT NULL,
    idempotency_key TEXT NOT NULL,
    request     BLOB NOT NULL,           -- SHA-256 of the request
    ticket      INTEGER,
    chat        INTEGER,
    state       TEXT NOT NULL,
    payload     BLOB NOT NULL,           -- sealed: it may hold the link
    attempted_at INTEGER,                -- the mail action was sent to Halo, outcome unknown
    action      INTEGER,
    created_at  INTEGER NOT NULL,
    next_at     INTEGER,
    attempts    INTEGER NOT NULL DEFAULT 0,
    lease_until INTEGER,
    fence       INTEGER NOT NULL DEFAULT 0,
    UNIQUE (agent, idempotency_key)
) STRICT;
CREATE INDEX invites_by_ticket ON invites (ticket, created_at);
CREATE INDEX invites_due ON invites (next_at) WHERE next_at IS NOT NULL;

-- The inbox: every body that was answered 200.
CREATE TABLE events (
    digest      BLOB PRIMARY KEY,        -- SHA-256 of the sorted form fields, or of the raw body
    state       TEXT NOT NULL CHECK (state IN ('accepted', 'ignored', 'quarantined')),
    event       TEXT,
    lsid        TEXT,
    reason      TEXT,
    body        BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    repeats     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX events_by_session ON events (lsid);

-- The session row is the job.
CREATE TABLE sessions (
    lsid        TEXT PRIMARY KEY,
    state       TEXT NOT NULL CHECK (state IN ('awaiting_report', 'pending', 'written', 'stored', 'refused', 'failed')),
    reason      TEXT,                    -- a message, JSON
    disposition TEXT,                    -- versioned JSON
    ticket      INTEGER,
    report      BLOB,
    announced_at INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    next_at     INTEGER,
    attempts    INTEGER NOT NULL DEFAULT 0,
    lease_until INTEGER,
    fence       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX sessions_due ON sessions (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX sessions_by_ticket ON sessions (ticket);

-- Intended writes to Halo, decided in the same transaction as the disposition.
CREATE TABLE outbox (
    lsid        TEXT NOT NULL REFERENCES sessions (lsid),
    kind        TEXT NOT NULL,
    payload     TEXT NOT NULL,           -- versioned JSON
    attempted_at INTEGER,                -- sent to Halo, outcome unknown
    action      INTEGER,
    written_at  INTEGER,
    PRIMARY KEY (lsid, kind)
) STRICT;
PRAGMA user_version = 1;
INSERT INTO sessions (lsid, state, announced_at, changed_at, next_at) VALUES ('LSID_OF_A_REAL_SESSION', 'awaiting_report', CAST(strftime('%s', 'now') AS INTEGER) - 60, CAST(strftime('%s', 'now') AS INTEGER) - 60, CAST(strftime('%s', 'now') AS INTEGER) - 60);
INSERT INTO sessions (lsid, state, reason, disposition, ticket, report, announced_at, changed_at, next_at) VALUES (
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'pending',
    '{"v":1,"payload":{"code":"disposition.ticketTyped","args":{"ticket":"1162"}}}',
    '{"v":1,"payload":{"destination":{"kind":"ticket","ticket":1162,"typed":true},"owner":{"agent":42,"name":"Priya Nair","rule":"primary"},"technicians":[{"name":"Priya Nair","matched":{"kind":"matched","agent":42,"by":"beyondtrustName"}}],"reason":{"code":"disposition.ticketTyped","args":{"ticket":"1162"}},"trace":[{"code":"disposition.step.keyTyped","args":{"ticket":"1162"}}]}}',
    1162,
    CAST('<session_list><session lsid="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"><external_key>1162</external_key><start_time timestamp="1773132000">2026-03-10T08:40:00Z</start_time><end_time timestamp="1773133200">2026-03-10T09:00:00Z</end_time><rep_list><representative gsnumber="22"><private_display_name>Priya Nair</private_display_name></representative></rep_list></session></session_list>' AS BLOB),
    CAST(strftime('%s', 'now') AS INTEGER) - 60, CAST(strftime('%s', 'now') AS INTEGER) - 60, CAST(strftime('%s', 'now') AS INTEGER) - 60);
INSERT INTO outbox (lsid, kind, payload) VALUES ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'note', '{"v":1,"payload":{"ticket":1162,"private":true}}');
INSERT INTO sessions (lsid, state, ticket, announced_at, changed_at) VALUES ('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 'written', 1161, CAST(strftime('%s', 'now') AS INTEGER) - 60, CAST(strftime('%s', 'now') AS INTEGER) - 60);
INSERT INTO outbox (lsid, kind, payload, action, written_at) VALUES ('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 'note', '{"v":1,"payload":{"ticket":1161,"private":true}}', 7, 1773133260);
