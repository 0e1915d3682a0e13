-- Dynamic registration (RFC 7591, RFC 7592). A client that registered itself manages its registration by a token.
ALTER TABLE clients ADD COLUMN registration_token_hash BYTEA;
-- Since when it is known to be used: a client that registered itself and never is goes again.
ALTER TABLE clients ADD COLUMN first_used_at BIGINT;
-- Since when an operator vouches for a client that registered itself.
ALTER TABLE clients ADD COLUMN verified_at BIGINT;
CREATE INDEX clients_by_use ON clients (source, first_used_at, created_at);

-- Tokens by which an operator lets others register clients (RFC 7591 section 3).
CREATE TABLE initial_access_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    note TEXT NOT NULL,
    token_hash BYTEA NOT NULL UNIQUE,
    uses_left BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX initial_access_tokens_by_expiry ON initial_access_tokens (expires_at);
