-- The second step of a log-in.

-- Browsers that its owner trusts: a log-in there is spared the second step until expires_at.
CREATE TABLE remembered_devices (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash BYTEA NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    user_agent TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX remembered_devices_by_token ON remembered_devices (token_hash, account_id);
CREATE INDEX remembered_devices_by_account ON remembered_devices (account_id);
CREATE INDEX remembered_devices_by_expiry ON remembered_devices (expires_at);

-- Six digits sent by mail, good in one browser and for one log-in under way.
CREATE TABLE mailed_codes (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    bound_to BYTEA NOT NULL,
    code_mac BYTEA NOT NULL,
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT
);
CREATE INDEX mailed_codes_by_account ON mailed_codes (account_id);
CREATE INDEX mailed_codes_by_expiry ON mailed_codes (expires_at);
