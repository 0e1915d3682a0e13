//! What the engine is run with.

use crate::client::Registry;
use crate::client::authentication::RemoteKeys;
use crate::discovery;
use crate::document::Document;
use crate::keys::SigningKeys;
use crate::registration;
use account::{Accounts, session};
use fetch::Fetcher;
use std::sync::Arc;

/// Accounts, clients, settings and the outbound HTTP client: what every operation of the engine needs. Cheap to clone.
#[derive(Clone)]
pub struct Provider(Arc<Inner>);

struct Inner {
    parts: ProviderParts,
    client_keys: RemoteKeys,
    discovery: Document,
}

/// The parts of [`Provider`].
pub struct ProviderParts {
    /// The domain below: database, clock, installation key.
    pub accounts: Accounts,
    /// Who we are in tokens and metadata: the public URL, without a trailing slash (Discovery §3).
    pub issuer: String,
    /// The clients, in memory.
    pub clients: Registry,
    /// The keys that sign our tokens, in memory.
    pub keys: SigningKeys,
    /// Lifetimes, and what the operator allows.
    pub settings: ProviderSettings,
    /// Fetches clients' keys.
    pub fetcher: Fetcher,
}

/// How long things live, in seconds, and what the operator allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderSettings {
    /// Access tokens.
    pub access_token_seconds: i64,
    /// ID tokens.
    pub id_token_seconds: i64,
    /// Authorization codes (RFC 6749 §4.1.2: at most ten minutes).
    pub authorization_code_seconds: i64,
    /// A refresh token that nobody uses.
    pub refresh_token_seconds: i64,
    /// For how long a spent refresh token is answered with the same successor.
    pub refresh_grace_seconds: i64,
    /// Sessions at the provider.
    pub lifetimes: session::Lifetimes,
    /// Whether people may make accounts, and so `prompt=create` has a page to show.
    pub sign_up: bool,
    /// Who may register clients.
    pub registration: registration::Settings,
}

impl Default for ProviderSettings {
    fn default() -> Self {
        const DAY: i64 = 24 * 3600;
        Self {
            access_token_seconds: 600,
            id_token_seconds: 600,
            authorization_code_seconds: 60,
            refresh_token_seconds: 30 * DAY,
            refresh_grace_seconds: 60,
            lifetimes: session::Lifetimes { idle_seconds: 30 * DAY, absolute_seconds: 90 * DAY },
            sign_up: true,
            registration: registration::Settings::default(),
        }
    }
}

impl Provider {
    /// Puts the parts together.
    pub fn new(parts: ProviderParts) -> Self {
        let discovery = Document::new(&discovery::metadata(&parts.issuer, &parts.settings));
        Self(Arc::new(Inner { parts, client_keys: RemoteKeys::default(), discovery }))
    }

    /// The keys of clients that keep them at an address, as far as they were fetched.
    pub fn client_keys(&self) -> &RemoteKeys {
        &self.0.client_keys
    }

    /// The metadata document (Discovery §3).
    pub fn discovery(&self) -> &Document {
        &self.0.discovery
    }

    /// Keeps clients and keys as the database has them, for as long as it is polled. Never returns.
    pub async fn keep_fresh(self) {
        tokio::join!(self.clients.clone().keep_fresh(self.accounts.clone()), self.keys.clone().keep_fresh());
    }
}

impl std::ops::Deref for Provider {
    type Target = ProviderParts;
    fn deref(&self) -> &ProviderParts {
        &self.0.parts
    }
}
