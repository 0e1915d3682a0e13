-- Passkeys and security keys (Web Authentication Level 3).

-- What an account may log in with, or prove its second step by. The public key and all that the authenticator told of itself are
-- sealed to the row and its account: who can write here cannot give an account a key of their own.
CREATE TABLE passkeys (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    -- base64url; browsers name the passkey by it.
    credential_id TEXT NOT NULL UNIQUE,
    sealed_credential BYTEA NOT NULL,
    name TEXT NOT NULL,
    -- Whether it verified the person (PIN, finger, face) when it was made, and whether it may be copied to other devices.
    verifies_person BOOLEAN NOT NULL,
    synced BOOLEAN NOT NULL,
    backed_up BOOLEAN NOT NULL,
    -- The signature counter as it last was (§6.1.1).
    counter BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    -- Since when it is not taken any more, because its counter went back.
    suspended_at BIGINT
);
CREATE INDEX passkeys_by_account ON passkeys (account_id);

-- Challenges that were given to a browser and not answered yet. The answer takes the row away.
CREATE TABLE passkey_challenges (
    id TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    browser_hash BYTEA NOT NULL,
    -- Whose, where that is known before the answer.
    account_id TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    sealed_state BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX passkey_challenges_by_expiry ON passkey_challenges (expires_at);
CREATE INDEX passkey_challenges_by_account ON passkey_challenges (account_id);
