-- Log-out that reaches every product (OpenID Connect Front-Channel and Back-Channel Logout 1.0).

-- Whether the client has a backchannel_logout_uri: whom to tell of an ended log-in is then one query.
ALTER TABLE clients ADD COLUMN backchannel_logout BOOLEAN NOT NULL DEFAULT FALSE;

-- Which clients took part in a log-in (sid).
CREATE TABLE session_clients (
    login_id TEXT NOT NULL,
    client_id TEXT NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (login_id, client_id)
);
CREATE INDEX session_clients_by_client ON session_clients (client_id);
CREATE INDEX session_clients_by_expiry ON session_clients (expires_at);

-- Clients to be told that a log-in ended: an outbox, written with the end.
CREATE TABLE backchannel_logouts (
    id TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    login_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    lease_owner TEXT,
    lease_until BIGINT,
    delivered_at BIGINT,
    failed_at BIGINT,
    last_error TEXT
);
CREATE INDEX backchannel_logouts_due ON backchannel_logouts (delivered_at, failed_at, next_attempt_at);
CREATE INDEX backchannel_logouts_by_login ON backchannel_logouts (login_id);
