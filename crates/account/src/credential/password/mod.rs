//! Passwords: what is taken as one, how it is hashed, where the hash is kept.
//!
//! [`Passwords`] does the slow parts, on threads of its own, before or after a transaction and never inside one:
//! [`Passwords::choose`] judges and hashes a new password, [`Passwords::verify`] checks a typed one against the hash
//! that was read. The transaction that follows works with the row that was verified: [`replace_if_unchanged`].

mod breached;
mod hasher;
mod model;
mod policy;
mod store;
#[cfg(test)]
mod tests;

pub use breached::{BreachedList, BreachedListProblem};
pub use hasher::{Busy, Costs, CostsProblem, Hasher, Verdict};
pub use model::{Password, Phc};
pub use policy::{Hints, LONGEST, Refusal, SHORTEST, Strength};
pub use store::{Kept, changed_at, find, find_any, put, rehash, replace_if_unchanged, void};

use std::sync::Arc;

/// Judges, hashes and checks passwords, on threads of its own. Cheap to clone. Takes next to no memory before its first
/// use.
#[derive(Clone)]
pub struct Passwords {
    hasher: Hasher,
    breached: Option<Arc<BreachedList>>,
}

impl Passwords {
    /// With these costs, and the operator's list of passwords that are refused.
    pub fn new(costs: Costs, breached: Option<BreachedList>) -> Self {
        Self { hasher: Hasher::new(costs), breached: breached.map(Arc::new) }
    }

    /// Judges a new password and, when it is good, hashes it. Takes as long for every good password, whoever asks.
    pub async fn choose(&self, password: Password, hints: Hints) -> Result<Result<Phc, Refusal>, Busy> {
        let breached = self.breached.clone();
        self.hasher
            .run(move |worker| {
                policy::check(&password, &hints, breached.as_deref())?;
                Ok(worker.hash(&password))
            })
            .await
    }

    /// Hashes a password without judging it: for one that an operator's file sets.
    pub async fn hash(&self, password: Password) -> Result<Phc, Busy> {
        self.hasher.run(move |worker| worker.hash(&password)).await
    }

    /// [`Passwords::hash`] on this thread, for commands.
    pub fn hash_blocking(&self, password: &Password) -> Phc {
        self.hasher.here(|worker| worker.hash(password))
    }

    /// Checks a typed password against the account's hash; with `None` (an unknown address, no password) it takes the
    /// same time and does not match.
    pub async fn verify(&self, password: Password, phc: Option<Phc>) -> Result<Verdict, Busy> {
        self.hasher.run(move |worker| worker.verify(&password, phc.as_ref())).await
    }

    /// How strong a password is, for the meter beside the field.
    pub async fn strength(&self, password: Password, hints: Hints) -> Result<Strength, Busy> {
        let breached = self.breached.clone();
        self.hasher.run(move |_| policy::strength(&password, &hints, breached.as_deref())).await
    }
}
