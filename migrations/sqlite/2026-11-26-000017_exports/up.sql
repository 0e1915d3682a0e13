-- Exports of all that is held about a person: asked for, made by whichever node takes the lease, sealed, and kept for a
-- few days. `done` counts the parts that are gathered.
CREATE TABLE exports (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    done BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    lease_owner TEXT,
    lease_until BIGINT,
    ready_at BIGINT,
    failed_at BIGINT,
    sealed_archive BLOB,
    bytes BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX exports_by_account ON exports (account_id, created_at);
CREATE INDEX exports_waiting ON exports (ready_at, failed_at);
CREATE INDEX exports_by_expiry ON exports (expires_at);
