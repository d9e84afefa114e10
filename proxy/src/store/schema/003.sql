-- What BeyondTrust's events tell of an invite, to be shown: nothing is decided by it. The same step told again is one row.
CREATE TABLE invite_steps (
    code  TEXT    NOT NULL REFERENCES invites (code) ON DELETE CASCADE,
    lsid  TEXT    NOT NULL,              -- the session it is told of: a key may begin several
    step  TEXT    NOT NULL CHECK (step IN ('waiting', 'joined', 'left', 'ended')),
    name  TEXT    NOT NULL,              -- who came or went; empty where nobody is meant
    at    INTEGER NOT NULL,              -- by BeyondTrust's clock
    PRIMARY KEY (code, lsid, step, name, at)
) STRICT, WITHOUT ROWID;

-- Taken back for good: never resumed, never mailed.
ALTER TABLE invites ADD COLUMN revoked_at INTEGER;

-- An invite is about a ticket or about a chat.
CREATE INDEX invites_by_chat ON invites (chat, created_at) WHERE chat IS NOT NULL;

-- The audit trail also names invites.
ALTER TABLE audit ADD COLUMN code TEXT;
