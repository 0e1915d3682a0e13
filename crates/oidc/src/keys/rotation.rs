//! Making, rotating and withdrawing keys. Everything here blocks (an RSA key takes tenths of a second, made outside any
//! transaction), so it is called by commands, at start, or on the blocking pool.

use super::model::{Opened, PUBLISHED_BEFORE_SIGNING_SECONDS};
use super::store::{self, Row};
use super::{Key, KeysError, Purpose, State};
use crate::{client, tokens};
use account::audit::{self, Target};
use account::{Accounts, Actor, Tx};
use db::{Conn, Timestamp};
use jose::{DecryptionKey, PrivateKey, SigningAlgorithm};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;

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
    /// A key to encrypt to is of no use before it is known, so it waits for nothing.
    fn of(self, purpose: Purpose, now: Timestamp) -> Timestamp {
        match (self, purpose) {
            (Start::WhenKnown, Purpose::Sign(_)) => now.plus_seconds(PUBLISHED_BEFORE_SIGNING_SECONDS),
            (Start::Now, _) | (_, Purpose::Decrypt(_)) => now,
        }
    }
}

/// What a rotation looks at.
struct Found {
    keys: Vec<Key>,
    /// What access tokens, and the ID tokens of the clients, are signed with; RS256 always, which is what a client gets
    /// that asks for nothing.
    signing: BTreeSet<String>,
}

impl Found {
    fn read(conn: &mut Conn) -> db::Result<Self> {
        let (rows, _) = store::all(conn)?;
        let clients = client::store::all(conn)?;
        let asked = clients.into_iter().flat_map(|record| {
            let metadata = record.metadata;
            [metadata.id_token_signed_response_alg, metadata.userinfo_signed_response_alg]
        });
        let always = [SigningAlgorithm::Rs256, tokens::access::ALGORITHM].map(|algorithm| algorithm.to_string());
        let signing = asked.flatten().chain(always).collect();
        Ok(Self { keys: rows.into_iter().map(|row| row.key).collect(), signing })
    }

    /// Whether a key is in use for it. What is encrypted to a key, its clients alone know.
    fn is_in_use(&self, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Sign(algorithm) => self.signing.contains(&algorithm.to_string()),
            Purpose::Decrypt(_) => true,
        }
    }
}

/// Every key ever made and not yet forgotten, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn list(accounts: &Accounts) -> Result<Vec<Key>, KeysError> {
    let (rows, _) = accounts.db.read_blocking(store::all)?;
    Ok(rows.into_iter().map(|row| row.key).collect())
}

/// Makes the keys that are missing, which serve at once. Nodes that start together end with one set. Returns how many
/// this call made.
///
/// # Errors
/// When the database fails or a key cannot be made.
pub fn ensure(accounts: &Accounts, actor: &Actor) -> Result<usize, KeysError> {
    make(accounts, actor, Start::Now, |found, purpose, now| !has_active(&found.keys, purpose, now))
}

/// Gives a new key to each purpose that a key is in use for; [`Start::Now`], which is for a break-in, to every purpose.
/// Returns how many were made.
///
/// A signing key of an algorithm that nobody's tokens are signed with shows its work to nobody: there is no reason to
/// make relying parties, of which some know no such keys, read new ones.
///
/// # Errors
/// When the database fails or a key cannot be made.
pub fn rotate(accounts: &Accounts, actor: &Actor, start: Start) -> Result<usize, KeysError> {
    make(accounts, actor, start, move |found, purpose, now| {
        start == Start::Now || found.is_in_use(purpose) || !has_active(&found.keys, purpose, now)
    })
}

/// Gives a new key to each purpose in use whose newest is 90 days old. Returns how many were made.
///
/// # Errors
/// When the database fails or a key cannot be made.
pub fn rotate_if_due(accounts: &Accounts, actor: &Actor) -> Result<usize, KeysError> {
    make(accounts, actor, Start::WhenKnown, |found, purpose, now| {
        let newest = found.keys.iter().filter(|key| usable(key, purpose)).map(|key| key.created_at).max();
        found.is_in_use(purpose) && newest.is_some_and(|made| made.plus_seconds(ROTATE_AFTER_SECONDS) <= now)
    })
}

/// Takes a key away for a compromise: no token signed by it is believed any more, and none encrypted to it is read. When
/// it was the present one, a new one takes its place at once. Returns `false` when there is no such key, or it was withdrawn before.
///
/// # Errors
/// When the database fails or a key cannot be made.
pub fn withdraw(accounts: &Accounts, actor: &Actor, kid: &str) -> Result<bool, KeysError> {
    let Some(key) = list(accounts)?.into_iter().find(|key| key.kid == kid && key.withdrawn_at.is_none()) else {
        return Ok(false);
    };
    let now = accounts.now();
    let replacement = new_row(accounts, key.purpose, now, now)?;
    let purpose = key.purpose;
    Ok(accounts.write_blocking(actor, move |tx| {
        if !store::withdraw(tx, &key.kid)? {
            return Ok(false);
        }
        audit::record(tx, "signing_key.withdrawn", target(&key.kid), json!({ "algorithm": purpose.as_str() }))?;
        let (rows, _) = store::all(tx.conn)?;
        let keys: Vec<Key> = rows.into_iter().map(|row| row.key).collect();
        if !has_active(&keys, purpose, tx.now) {
            add(tx, &replacement)?;
        }
        Ok(true)
    })?)
}

/// Makes a key for each purpose of which `wanted` says so, looked at before, and again within the transaction.
fn make(
    accounts: &Accounts,
    actor: &Actor,
    start: Start,
    wanted: impl Fn(&Found, Purpose, Timestamp) -> bool + Send + 'static,
) -> Result<usize, KeysError> {
    let (found, now) = (accounts.db.read_blocking(Found::read)?, accounts.now());
    let fresh: Vec<Row> = Purpose::all()
        .filter(|purpose| wanted(&found, *purpose, now))
        .map(|purpose| new_row(accounts, purpose, now, start.of(purpose, now)))
        .collect::<Result<_, _>>()?;
    if fresh.is_empty() {
        return Ok(0);
    }
    Ok(accounts.write_blocking(actor, move |tx| {
        let (found, mut made, now) = (Found::read(tx.conn)?, 0, tx.now);
        for row in fresh.iter().filter(|row| wanted(&found, row.key.purpose, now)) {
            store::retire(tx, row.key.purpose, row.key.signs_from)?;
            add(tx, row)?;
            made += 1;
        }
        Ok(made)
    })?)
}

fn new_row(accounts: &Accounts, purpose: Purpose, now: Timestamp, signs_from: Timestamp) -> Result<Row, KeysError> {
    let key = generate(purpose).map_err(KeysError::Make)?;
    Row::seal(&key, &accounts.key, now, signs_from)
}

pub(super) fn generate(purpose: Purpose) -> Result<Opened, jose::KeyError> {
    match purpose {
        Purpose::Sign(algorithm) => PrivateKey::generate(algorithm).map(|key| Opened::Sign(Arc::new(key))),
        Purpose::Decrypt(kind) => DecryptionKey::generate(kind).map(|key| Opened::Decrypt(Arc::new(key))),
    }
}

fn add(tx: &mut Tx<'_>, row: &Row) -> db::Result<()> {
    store::insert(tx, row)?;
    let details = json!({ "algorithm": row.key.purpose.as_str(), "signs_from": row.key.signs_from.as_seconds() });
    audit::record(tx, "signing_key.made", target(&row.key.kid), details)
}

fn target(kid: &str) -> Target<'_> {
    Target { kind: "signing_key", id: kid }
}

fn usable(key: &Key, purpose: Purpose) -> bool {
    key.purpose == purpose && key.withdrawn_at.is_none()
}

fn has_active(keys: &[Key], purpose: Purpose, now: Timestamp) -> bool {
    keys.iter().any(|key| usable(key, purpose) && key.state(now) == State::Active)
}
