//! What the domain is run with.

use crate::credential::password::{Costs, Passwords};
use crate::secret::InstallationKey;
use crate::{Actor, Clock, Tx};
use db::{Conn, Database, Result, Timestamp};
use std::sync::Arc;
use tokio::sync::Notify;

/// The database, the clock and the installation's key: what every operation of the domain needs. Cheap to clone.
#[derive(Clone)]
pub struct Accounts(Arc<Parts>);

/// The parts of [`Accounts`].
pub struct Parts {
    /// The database.
    pub db: Database,
    /// The clock.
    pub clock: Clock,
    /// The key that seals what must be read back, and from which keyed hashes are derived.
    pub key: InstallationKey,
    /// Judges, hashes and checks passwords, outside transactions.
    pub passwords: Passwords,
    /// Woken after a commit that put mail in the outbox.
    pub mail_queued: Notify,
    /// Woken after a commit that ended a log-in of which clients have to be told.
    pub log_outs_queued: Notify,
    /// Woken after a commit that asked for an export.
    pub exports_queued: Notify,
}

impl Accounts {
    /// Puts the parts together, with passwords of the default costs.
    pub fn new(db: Database, clock: Clock, key: InstallationKey) -> Self {
        Self::with_passwords(db, clock, key, Passwords::new(Costs::default(), None))
    }

    /// Puts the parts together.
    pub fn with_passwords(db: Database, clock: Clock, key: InstallationKey, passwords: Passwords) -> Self {
        Self(Arc::new(Parts {
            db,
            clock,
            key,
            passwords,
            mail_queued: Notify::new(),
            log_outs_queued: Notify::new(),
            exports_queued: Notify::new(),
        }))
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Reads; see [`Database::read`].
    pub async fn read<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        self.0.db.read(f).await
    }

    /// One change, in one transaction, done by `actor` now; see [`Database::write`] for what `f` may not do.
    pub async fn write<T, F>(&self, actor: &Actor, mut f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (now, actor, domain) = (self.now(), actor.clone(), self.clone());
        let (value, queued) = self
            .0
            .db
            .write(move |conn| {
                let mut tx = Tx::new(conn, now, &actor, &domain.key);
                f(&mut tx).map(|value| (value, (tx.mail_queued, tx.log_outs_queued, tx.exports_queued)))
            })
            .await?;
        self.wake(queued);
        Ok(value)
    }

    /// Wakes the workers for what was queued: mail, log-outs, exports.
    fn wake(&self, (mail, log_outs, exports): (bool, bool, bool)) {
        if mail {
            self.0.mail_queued.notify_one();
        }
        if log_outs {
            self.0.log_outs_queued.notify_one();
        }
        if exports {
            self.0.exports_queued.notify_one();
        }
    }

    /// [`Accounts::write`] for commands, outside the async runtime.
    pub fn write_blocking<T, F>(&self, actor: &Actor, mut f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (now, actor, domain) = (self.now(), actor.clone(), self.clone());
        let (value, queued) = self.0.db.write_blocking(move |conn| {
            let mut tx = Tx::new(conn, now, &actor, &domain.key);
            f(&mut tx).map(|value| (value, (tx.mail_queued, tx.log_outs_queued, tx.exports_queued)))
        })?;
        self.wake(queued);
        Ok(value)
    }
}

impl std::ops::Deref for Accounts {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}
