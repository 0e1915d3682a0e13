-- Several addresses per account. Those in emails are the account's own; one that waits to be confirmed is here, so that
-- it keeps nobody else from having it.
CREATE TABLE email_additions (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    normalized TEXT NOT NULL,
    confirm_hash BLOB NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX email_additions_by_account ON email_additions (account_id);
CREATE INDEX email_additions_by_expiry ON email_additions (expires_at);

-- An account has one primary address.
CREATE UNIQUE INDEX emails_one_primary ON emails (account_id) WHERE is_primary;
