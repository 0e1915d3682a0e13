//! The keys of clients that keep them at an address (`jwks_uri`, OpenID Connect Core §10.1.1).

use account::Timestamp;
use fetch::{Fetcher, Limits};
use jose::KeySet;
use std::sync::Arc;

/// How long fetched keys are used without asking again, in seconds.
const FRESH_SECONDS: i64 = 600;
/// How long a failed fetch is not repeated, in seconds.
const FAILED_SECONDS: i64 = 5;
/// How often at most an unknown `kid` makes us ask again, in seconds: anybody can send one.
const NEWER_SECONDS: i64 = 1;
/// Addresses that are remembered at once.
const MOST: u64 = 1000;

/// Fetched key sets, bounded in number and age.
#[derive(Debug, Clone)]
pub struct RemoteKeys(moka::sync::Cache<String, Fetched>);

#[derive(Debug, Clone)]
struct Fetched {
    keys: Option<Arc<KeySet>>,
    at: Timestamp,
}

impl Default for RemoteKeys {
    fn default() -> Self {
        Self(moka::sync::Cache::new(MOST))
    }
}

impl RemoteKeys {
    /// The keys at an address. `None`: they cannot be read at the moment.
    pub async fn get(&self, fetcher: &Fetcher, uri: &str, now: Timestamp) -> Option<Arc<KeySet>> {
        match self.0.get(uri) {
            Some(known) if now < known.at.plus_seconds(known.lasts()) => known.keys,
            known => self.fetch(fetcher, uri, now, known).await,
        }
    }

    /// The keys at an address, asked anew unless that was done this very moment: a key is missing.
    pub async fn get_newer(&self, fetcher: &Fetcher, uri: &str, now: Timestamp) -> Option<Arc<KeySet>> {
        match self.0.get(uri) {
            Some(known) if now < known.at.plus_seconds(NEWER_SECONDS) => known.keys,
            known => self.fetch(fetcher, uri, now, known).await,
        }
    }

    async fn fetch(&self, fetcher: &Fetcher, uri: &str, now: Timestamp, known: Option<Fetched>) -> Option<Arc<KeySet>> {
        let keys = match read(fetcher, uri).await {
            Ok(keys) => Some(Arc::new(keys)),
            Err(cause) => {
                tracing::warn!(jwks_uri = %uri, %cause, "the keys of a client could not be fetched");
                // What was good a while ago is better than locking the client out.
                known.and_then(|known| known.keys)
            }
        };
        self.0.insert(uri.to_owned(), Fetched { keys: keys.clone(), at: now });
        keys
    }
}

impl Fetched {
    fn lasts(&self) -> i64 {
        if self.keys.is_some() { FRESH_SECONDS } else { FAILED_SECONDS }
    }
}

async fn read(fetcher: &Fetcher, uri: &str) -> Result<KeySet, String> {
    let accept = "application/jwk-set+json, application/json";
    let answer = fetcher.get(uri, Limits::default(), accept).await.map_err(|error| error.to_string())?;
    if !answer.is_success() {
        return Err(format!("the answer has status {}", answer.status));
    }
    KeySet::from_json(&answer.body).map_err(|error| error.to_string())
}
