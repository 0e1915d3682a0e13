//! The present snapshot of the keys, and what keeps it present.

use super::{Keys, KeysError, REVISION, Start, rotation, store};
use crate::revision;
use account::{Accounts, Actor};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// How often another node's change is looked for.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How old the set that is published may be, in microseconds.
const PUBLISHED_WITHIN_MICROS: u64 = 50_000;
/// Looks between two questions whether a key is due for rotation: about an hour.
const LOOKS_PER_ROTATION_CHECK: u32 = 1800;

/// The keys of this node: a snapshot that is swapped when the keys change. Cheap to clone.
#[derive(Clone)]
pub struct SigningKeys(Arc<Inner>);

struct Inner {
    accounts: Accounts,
    /// The longest that a token lives that relying parties check by the JWK set, in seconds.
    token_seconds: i64,
    present: RwLock<Arc<Keys>>,
    /// When [`SigningKeys::published`] last looked, in microseconds since 1970.
    looked_at: AtomicI64,
}

impl SigningKeys {
    /// Makes the keys that are missing (the first start) and reads all. `token_seconds` is the longest that an ID or
    /// access token lives. Blocks: an RSA key takes tenths of a second.
    ///
    /// # Errors
    /// When the database fails, or when a stored key does not open with this installation's key.
    pub fn open(accounts: &Accounts, token_seconds: i64) -> Result<Self, KeysError> {
        rotation::ensure(accounts, &Actor::system())?;
        let (rows, revision) = accounts.db.read_blocking(store::all)?;
        let keys = Keys::read(rows, revision, &accounts.key, token_seconds, accounts.now())?;
        let present = RwLock::new(Arc::new(keys));
        let looked_at = AtomicI64::new(0);
        Ok(Self(Arc::new(Inner { accounts: accounts.clone(), token_seconds, present, looked_at })))
    }

    /// The present snapshot.
    pub fn current(&self) -> Arc<Keys> {
        self.0.present.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The snapshot to publish. A relying party comes for the set when it meets a key that it does not know, which
    /// another node made a moment ago and signs with: that node's set must be here too (OpenID Connect Core §10.1.1).
    /// When the database does not answer, the present snapshot is shown.
    pub async fn published(&self) -> Arc<Keys> {
        let (now, looked_at) = (self.0.accounts.now().as_micros(), &self.0.looked_at);
        let before = looked_at.load(Ordering::Relaxed);
        let old = now.abs_diff(before) >= PUBLISHED_WITHIN_MICROS;
        if old
            && looked_at.compare_exchange(before, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
            && let Err(error) = self.refresh().await
        {
            tracing::error!(%error, "signing keys could not be read again");
        }
        self.current()
    }

    /// Reads the keys again if they changed, here or on another node, or if one has served its time.
    ///
    /// # Errors
    /// When the database fails or a stored key does not open; the old snapshot stays.
    pub async fn refresh(&self) -> Result<(), KeysError> {
        let (now, present) = (self.0.accounts.now(), self.current());
        let counter = self.0.accounts.read(|conn| revision::current(conn, REVISION)).await?;
        if counter == present.revision && present.stale_at.is_none_or(|at| at > now) {
            return Ok(());
        }
        let (rows, revision) = self.0.accounts.read(store::all).await?;
        let keys = Keys::read(rows, revision, &self.0.accounts.key, self.0.token_seconds, now)?;
        let mut present = self.0.present.write().unwrap_or_else(PoisonError::into_inner);
        // Of two refreshes at once, the older read must not win.
        if keys.revision >= present.revision {
            *present = Arc::new(keys);
        }
        Ok(())
    }

    /// Rotates the keys and takes the change up at once. Returns how many were made.
    ///
    /// # Errors
    /// When the database fails or a key cannot be made.
    pub async fn rotate(&self, actor: &Actor, start: Start) -> Result<usize, KeysError> {
        let (accounts, actor) = (self.0.accounts.clone(), actor.clone());
        let made = blocking(move || rotation::rotate(&accounts, &actor, start)).await?;
        self.refresh().await?;
        Ok(made)
    }

    /// Keeps the snapshot present for as long as it is polled: sees changes of other nodes within seconds, and rotates
    /// keys that are 90 days old. Never returns; a failure is logged and tried again.
    pub async fn keep_fresh(self) {
        let mut looks: u32 = 0;
        loop {
            if looks.is_multiple_of(LOOKS_PER_ROTATION_CHECK) {
                let accounts = self.0.accounts.clone();
                match blocking(move || rotation::rotate_if_due(&accounts, &Actor::system())).await {
                    Ok(0) => {}
                    Ok(made) => tracing::info!(made, "signing keys were rotated"),
                    Err(error) => tracing::error!(%error, "signing keys could not be rotated"),
                }
            }
            looks = looks.wrapping_add(1);
            if let Err(error) = self.refresh().await {
                tracing::error!(%error, "signing keys could not be read again");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

async fn blocking<T: Send + 'static>(
    f: impl FnOnce() -> Result<T, KeysError> + Send + 'static,
) -> Result<T, KeysError> {
    match tokio::task::spawn_blocking(f).await {
        Ok(outcome) => outcome,
        Err(_) => Err(KeysError::Database(db::Error::Panicked)),
    }
}
