-- Codes as a second step of log-in: authenticator apps (RFC 6238) and recovery codes.

-- An app waits, until expires_at, for its first right code; from then on it counts.
CREATE TABLE totp_apps (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    sealed_secret BLOB NOT NULL,
    -- The app that this one takes the place of once it is confirmed: a move to a new phone.
    replaces TEXT,
    -- The time step of the newest code that was taken: neither it nor an older one is taken again.
    last_step BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    last_used_at BIGINT,
    expires_at BIGINT
);
CREATE INDEX totp_apps_by_account ON totp_apps (account_id);
CREATE INDEX totp_apps_by_expiry ON totp_apps (expires_at);

-- Ten at a time. Kept as keyed hashes that are bound to the account.
CREATE TABLE recovery_codes (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    code_mac BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX recovery_codes_by_account ON recovery_codes (account_id);
