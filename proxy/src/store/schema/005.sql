-- Why an invite rests or waits: a message, JSON. A held one put a warning on its ticket instead of a mail.
ALTER TABLE invites ADD COLUMN reason TEXT;
ALTER TABLE invites ADD COLUMN held INTEGER NOT NULL DEFAULT 0;

-- The ticket of the chat an invite was posted to: the ticket tells of it, too.
ALTER TABLE invites ADD COLUMN chat_ticket INTEGER;
CREATE INDEX invites_by_chat_ticket ON invites (chat_ticket, created_at) WHERE chat_ticket IS NOT NULL;

-- What upkeep looks for: every action in Halo makes a row.
CREATE INDEX doorbells_by_age ON doorbells (received_at) WHERE next_at IS NULL;
