-- Instants are microseconds since 1970-01-01 UTC, ids are time-ordered UUIDs as text, JSON is text.

CREATE TABLE installation (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- A counter per snapshot that nodes hold in memory (clients, signing keys): a node that sees it move loads anew.
CREATE TABLE revisions (
    name TEXT NOT NULL PRIMARY KEY,
    revision BIGINT NOT NULL
);

CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    held_until BIGINT NOT NULL
);

CREATE TABLE signing_keys (
    kid TEXT NOT NULL PRIMARY KEY,
    algorithm TEXT NOT NULL,
    sealed_private BLOB NOT NULL,
    public_jwk TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    signs_from BIGINT NOT NULL,
    retired_at BIGINT,
    withdrawn_at BIGINT
);

CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    status TEXT NOT NULL,
    name TEXT NOT NULL,
    operator BOOLEAN NOT NULL,
    avatar_id TEXT,
    claims TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deactivated_at BIGINT,
    deactivation_reason TEXT
);
CREATE INDEX accounts_by_status ON accounts (status, created_at);

CREATE TABLE emails (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    normalized TEXT NOT NULL UNIQUE,
    is_primary BOOLEAN NOT NULL,
    verified_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX emails_by_account ON emails (account_id);

CREATE TABLE passwords (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    phc TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE avatars (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    media_type TEXT NOT NULL,
    large BLOB NOT NULL,
    small BLOB NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX avatars_by_account ON avatars (account_id);

-- A mail with a link and a code, as the browser that asked for it sees it. Without an account nothing can be confirmed
-- by it: the address had an account already, or somebody signed up with it anew.
CREATE TABLE verifications (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT REFERENCES accounts (id) ON DELETE SET NULL,
    address TEXT NOT NULL,
    mail_id TEXT,
    browser_hash BLOB NOT NULL,
    link_hash BLOB NOT NULL UNIQUE,
    code_mac BLOB NOT NULL,
    code_expires_at BIGINT NOT NULL,
    code_tries BIGINT NOT NULL,
    return_to TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT
);
CREATE INDEX verifications_by_account ON verifications (account_id);
CREATE INDEX verifications_by_browser ON verifications (browser_hash);
CREATE INDEX verifications_by_expiry ON verifications (expires_at);

CREATE TABLE recoveries (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    token_hash BLOB NOT NULL UNIQUE,
    return_to TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT
);
CREATE INDEX recoveries_by_account ON recoveries (account_id);
CREATE INDEX recoveries_by_expiry ON recoveries (expires_at);

CREATE TABLE email_changes (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    old_address TEXT NOT NULL,
    new_address TEXT NOT NULL,
    new_normalized TEXT NOT NULL,
    confirm_hash BLOB NOT NULL UNIQUE,
    confirm_expires_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    undo_hash BLOB UNIQUE,
    undo_expires_at BIGINT,
    undone_at BIGINT,
    cancelled_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX email_changes_by_account ON email_changes (account_id);

CREATE TABLE known_devices (
    token_hash BLOB NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    user_agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    PRIMARY KEY (token_hash, account_id)
);
CREATE INDEX known_devices_by_account ON known_devices (account_id);

CREATE TABLE throttles (
    subject TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    first_failure_at BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL,
    notified_at BIGINT,
    expires_at BIGINT NOT NULL
);
CREATE INDEX throttles_by_expiry ON throttles (expires_at);

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash BLOB NOT NULL UNIQUE,
    user_agent TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- One account's log-in within a browser session; its id is the `sid` of tokens. It outlives its session until the
-- last token that names it has expired.
CREATE TABLE logins (
    id TEXT NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    authenticated_at BIGINT NOT NULL,
    amr TEXT NOT NULL,
    acr TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX logins_by_session ON logins (session_id);
CREATE INDEX logins_by_account ON logins (account_id);
CREATE INDEX logins_by_expiry ON logins (expires_at);

CREATE TABLE interactions (
    id TEXT NOT NULL PRIMARY KEY,
    browser_hash BLOB NOT NULL,
    client_id TEXT,
    request TEXT NOT NULL,
    progress TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX interactions_by_expiry ON interactions (expires_at);

CREATE TABLE clients (
    client_id TEXT NOT NULL PRIMARY KEY,
    metadata TEXT NOT NULL,
    secret_hash BLOB,
    first_party BOOLEAN NOT NULL,
    source TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    disabled_at BIGINT
);

CREATE TABLE consents (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    scope TEXT NOT NULL,
    granted_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, client_id)
);

-- One authorization: the code that began it and the token family that it became.
CREATE TABLE grants (
    id TEXT NOT NULL PRIMARY KEY,
    code_hash BLOB UNIQUE,
    client_id TEXT NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    login_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    scope TEXT NOT NULL,
    nonce TEXT,
    code_challenge TEXT,
    claims TEXT,
    auth_time BIGINT NOT NULL,
    acr TEXT NOT NULL,
    amr TEXT NOT NULL,
    offline BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    code_expires_at BIGINT NOT NULL,
    redeemed_at BIGINT,
    refresh_seed BLOB,
    refresh_generation BIGINT NOT NULL,
    refresh_rotated_at BIGINT,
    refresh_expires_at BIGINT,
    revoked_at BIGINT,
    expires_at BIGINT NOT NULL
);
CREATE INDEX grants_by_account ON grants (account_id);
CREATE INDEX grants_by_login ON grants (login_id);
CREATE INDEX grants_by_expiry ON grants (expires_at);

-- Self-contained access tokens that were revoked before their time (RFC 7009), until they would have expired.
CREATE TABLE revoked_tokens (
    jti TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX revoked_tokens_by_expiry ON revoked_tokens (expires_at);

-- Client assertions that were used (RFC 7523 section 3: each `jti` once).
CREATE TABLE used_assertions (
    id TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX used_assertions_by_expiry ON used_assertions (expires_at);

CREATE TABLE outbox_mails (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    account_id TEXT,
    recipient TEXT NOT NULL,
    sealed_content BLOB,
    created_at BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    lease_owner TEXT,
    lease_until BIGINT,
    delivered_at BIGINT,
    failed_at BIGINT,
    last_error TEXT
);
CREATE INDEX outbox_mails_due ON outbox_mails (delivered_at, failed_at, next_attempt_at);
CREATE INDEX outbox_mails_by_account ON outbox_mails (account_id);

CREATE TABLE audit_entries (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    address TEXT,
    request_id TEXT NOT NULL,
    action TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id TEXT NOT NULL,
    details TEXT NOT NULL
);
CREATE INDEX audit_entries_by_target ON audit_entries (target_kind, target_id);

-- One-time links that make an operator: the set-up link of the first start, and `admin invite`.
CREATE TABLE invitations (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT,
    token_hash BLOB NOT NULL UNIQUE,
    browser_hash BLOB,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    consumed_at BIGINT
);
