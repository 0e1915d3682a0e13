-- Who lost every second step asks for their removal, and waits a week, in which every address of the account hears of it.
CREATE TABLE second_step_resets (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- The link that every notice has: it stops the removal.
    cancel_hash BYTEA NOT NULL UNIQUE,
    -- The link that is mailed when the waiting is over: with the password it removes the second steps.
    link_hash BYTEA UNIQUE,
    created_at BIGINT NOT NULL,
    ready_at BIGINT NOT NULL,
    reminded_at BIGINT,
    cancelled_at BIGINT,
    used_at BIGINT,
    -- When the link stops working, and the row is over in any case.
    expires_at BIGINT NOT NULL
);
CREATE INDEX second_step_resets_by_account ON second_step_resets (account_id);
CREATE INDEX second_step_resets_by_expiry ON second_step_resets (expires_at);
CREATE INDEX second_step_resets_by_end ON second_step_resets (ready_at);
