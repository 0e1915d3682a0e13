-- Accounts that their owners closed: deactivated until they log in again, or, with an instant of erasure, until then. An
-- account that is deactivated and has no row here was deactivated by an operator.
CREATE TABLE closures (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    asked_at BIGINT NOT NULL,
    erase_at BIGINT,
    reminded_at BIGINT
);
CREATE INDEX closures_by_erasure ON closures (erase_at);
