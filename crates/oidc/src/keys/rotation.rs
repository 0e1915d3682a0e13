//! Making, rotating and withdrawing keys. Everything here blocks (an RSA key takes tenths of a second, made outside any
//! transaction), so it is called by commands, at start, or on the blocking pool.

use super::model::PUBLISHED_BEFORE_SIGNING_SECONDS;
use super::store::{self, Row};
use super::{KeysError, SigningKey, State};
use account::audit::{self, Target};
use account::{Accounts, Actor, Tx};
use db::Timestamp;
use jose::{PrivateKey, SigningAlgorithm};
use serde_json::json;

/// Age at which a key is replaced, in seconds.
const ROTATE_AFTER_SECONDS: i64 = 90 * 24 * 3600;

/// When a new key begins to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Once every relying party that obeys our cache headers knows it.
    WhenKnown,
    /// At once: tokens may be refused by relying parties that hold an old JWK set.
    Now,
}

impl Start {
    fn after(self, now: Timestamp) -> Timestamp {
        match self {
            Start::WhenKnown => now.plus_seconds(PUBLISHED_BEFORE_SIGNING_SECONDS),
            Start::Now => now,
        }
    }
}

/// Every key ever made and not yet forgotten, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn list(accounts: &Accounts) -> Result<Vec<SigningKey>, KeysError> {
    let (rows, _) = accounts.db.read_blocking(store::all)?;
    Ok(rows.into_iter().map(|row| row.key).collect())
}

/// Makes the keys that are missing, which sign at once. Nodes that start together end with one set. Returns how many
/// this call made.
///
/// # Errors
/// When the database fails or a key cannot be made.
pub fn ensure(accounts: &Accounts, actor: &Actor) -> Result<usize, KeysError> {
    make(accounts, actor, Start::Now, |keys, algorithm, now| !has_signer(keys, algorithm, now))
}

/// Gives every algorithm a new key. Returns how many were made.
///
/// # Errors
/// When the database fails or a key cannot be made.
pub fn rotate(accounts: &Accounts, actor: &Actor, start: Start) -> Result<usize, KeysError> {
    make(accounts, actor, start, |_, _, _| true)
}

/// Gives a new key to each algorithm whose newest is 90 days old. Returns how many were made.
///
/// # Errors
/// When the database fails or a key cannot be made.
pub fn rotate_if_due(accounts: &Accounts, actor: &Actor) -> Result<usize, KeysError> {
    make(accounts, actor, Start::WhenKnown, |keys, algorithm, now| {
        let newest = keys.iter().filter(|key| usable(key, algorithm)).map(|key| key.created_at).max();
        newest.is_some_and(|made| made.plus_seconds(ROTATE_AFTER_SECONDS) <= now)
    })
}

/// Takes a key away for a compromise: no token signed by it is believed any more. When it was the one that signed, a
/// new one signs at once. Returns `false` when there is no such key, or it was withdrawn before.
///
/// # Errors
/// When the database fails or a key cannot be made.
pub fn withdraw(accounts: &Accounts, actor: &Actor, kid: &str) -> Result<bool, KeysError> {
    let Some(key) = list(accounts)?.into_iter().find(|key| key.kid == kid && key.withdrawn_at.is_none()) else {
        return Ok(false);
    };
    let now = accounts.now();
    let replacement = new_row(accounts, key.algorithm, now, now)?;
    let algorithm = key.algorithm;
    Ok(accounts.write_blocking(actor, move |tx| {
        if !store::withdraw(tx, &key.kid)? {
            return Ok(false);
        }
        audit::record(tx, "signing_key.withdrawn", target(&key.kid), json!({ "algorithm": algorithm }))?;
        let (rows, _) = store::all(tx.conn)?;
        let keys: Vec<SigningKey> = rows.into_iter().map(|row| row.key).collect();
        if !has_signer(&keys, algorithm, tx.now) {
            add(tx, &replacement)?;
        }
        Ok(true)
    })?)
}

/// Makes a key for each algorithm of which `wanted` says so, looked at before, and again within the transaction.
fn make(
    accounts: &Accounts,
    actor: &Actor,
    start: Start,
    wanted: fn(&[SigningKey], SigningAlgorithm, Timestamp) -> bool,
) -> Result<usize, KeysError> {
    let (keys, now) = (list(accounts)?, accounts.now());
    let fresh: Vec<Row> = SigningAlgorithm::ALL
        .into_iter()
        .filter(|algorithm| wanted(&keys, *algorithm, now))
        .map(|algorithm| new_row(accounts, algorithm, now, start.after(now)))
        .collect::<Result<_, _>>()?;
    if fresh.is_empty() {
        return Ok(0);
    }
    Ok(accounts.write_blocking(actor, move |tx| {
        let (rows, _) = store::all(tx.conn)?;
        let keys: Vec<SigningKey> = rows.into_iter().map(|row| row.key).collect();
        let (mut made, now) = (0, tx.now);
        for row in fresh.iter().filter(|row| wanted(&keys, row.key.algorithm, now)) {
            store::retire(tx, row.key.algorithm, row.key.signs_from)?;
            add(tx, row)?;
            made += 1;
        }
        Ok(made)
    })?)
}

fn new_row(
    accounts: &Accounts,
    algorithm: SigningAlgorithm,
    now: Timestamp,
    signs_from: Timestamp,
) -> Result<Row, KeysError> {
    let key = PrivateKey::generate(algorithm).map_err(KeysError::Make)?;
    Row::seal(&key, &accounts.key, now, signs_from)
}

fn add(tx: &mut Tx<'_>, row: &Row) -> db::Result<()> {
    store::insert(tx, row)?;
    let details = json!({ "algorithm": row.key.algorithm, "signs_from": row.key.signs_from.as_seconds() });
    audit::record(tx, "signing_key.made", target(&row.key.kid), details)
}

fn target(kid: &str) -> Target<'_> {
    Target { kind: "signing_key", id: kid }
}

fn usable(key: &SigningKey, algorithm: SigningAlgorithm) -> bool {
    key.algorithm == algorithm && key.withdrawn_at.is_none()
}

fn has_signer(keys: &[SigningKey], algorithm: SigningAlgorithm, now: Timestamp) -> bool {
    keys.iter().any(|key| usable(key, algorithm) && key.state(now) == State::Signing)
}
