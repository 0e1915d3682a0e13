//! The table `signing_keys`, which also holds the keys that others encrypt to: `algorithm` tells them apart.

use super::model::{Opened, Purpose};
use super::{Key, KeysError, REVISION};
use crate::revision;
use account::Tx;
use account::secret::InstallationKey;
use db::schema::signing_keys;
use db::{Conn, Error, Result, Timestamp};
use diesel::prelude::*;
use jose::{DecryptionKey, PrivateKey};
use std::sync::Arc;

/// A key as it is kept.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub key: Key,
    pub sealed_private: Vec<u8>,
    pub public_jwk: String,
}

impl Row {
    /// Seals a new key. `now` is when it was made.
    pub fn seal(
        key: &Opened,
        sealing: &InstallationKey,
        now: Timestamp,
        signs_from: Timestamp,
    ) -> std::result::Result<Self, KeysError> {
        let (purpose, kid, pkcs8, public_jwk) = match key {
            Opened::Sign(key) => (Purpose::Sign(key.algorithm()), key.kid(), key.to_pkcs8(), key.public_jwk()),
            Opened::Decrypt(key) => (Purpose::Decrypt(key.kind()), key.kid(), key.to_pkcs8(), key.public_jwk()),
        };
        Ok(Self {
            sealed_private: sealing.seal(&place(kid), &pkcs8.map_err(KeysError::Make)?),
            public_jwk: public_jwk.to_string(),
            key: Key {
                kid: kid.to_owned(),
                purpose,
                created_at: now,
                signs_from,
                retired_at: None,
                withdrawn_at: None,
            },
        })
    }

    /// Opens and parses the private key.
    pub fn open(&self, sealing: &InstallationKey) -> std::result::Result<Opened, KeysError> {
        let kid = &self.key.kid;
        let pkcs8 = sealing.open(&place(kid), &self.sealed_private).ok_or_else(|| KeysError::Sealed(kid.clone()))?;
        let opened = match self.key.purpose {
            Purpose::Sign(algorithm) => {
                PrivateKey::from_serialised(algorithm, kid, &pkcs8).map(|key| Opened::Sign(Arc::new(key)))
            }
            Purpose::Decrypt(kind) => {
                DecryptionKey::from_serialised(kind, kid, &pkcs8).map(|key| Opened::Decrypt(Arc::new(key)))
            }
        };
        opened.map_err(|e| KeysError::Stored(kid.clone(), e.to_string()))
    }
}

fn place(kid: &str) -> String {
    format!("signing_keys/sealed_private/{kid}")
}

type Columns = (String, String, Vec<u8>, String, Timestamp, Timestamp, Option<Timestamp>, Option<Timestamp>);

/// Every key, the oldest first, and the counter that goes with them. In that order the answer is never newer than the
/// counter says.
pub(super) fn all(conn: &mut Conn) -> Result<(Vec<Row>, i64)> {
    let counter = revision::current(conn, REVISION)?;
    let rows: Vec<Columns> = signing_keys::table
        .order((signing_keys::created_at.asc(), signing_keys::kid.asc()))
        .select(signing_keys::all_columns)
        .load(conn)?;
    Ok((rows.into_iter().map(row).collect::<Result<_>>()?, counter))
}

fn row(columns: Columns) -> Result<Row> {
    let (kid, algorithm, sealed_private, public_jwk, created_at, signs_from, retired_at, withdrawn_at) = columns;
    let purpose: Purpose = algorithm.parse().map_err(|_| Error::Corrupt(format!("the algorithm of the key {kid}")))?;
    let key = Key { kid, purpose, created_at, signs_from, retired_at, withdrawn_at };
    Ok(Row { key, sealed_private, public_jwk })
}

pub(super) fn insert(tx: &mut Tx<'_>, row: &Row) -> Result<()> {
    diesel::insert_into(signing_keys::table)
        .values((
            signing_keys::kid.eq(&row.key.kid),
            signing_keys::algorithm.eq(row.key.purpose.as_str()),
            signing_keys::sealed_private.eq(&row.sealed_private),
            signing_keys::public_jwk.eq(&row.public_jwk),
            signing_keys::created_at.eq(row.key.created_at),
            signing_keys::signs_from.eq(row.key.signs_from),
        ))
        .execute(tx.conn)?;
    revision::bump(tx, REVISION)
}

/// Retires the keys of a purpose at `at`, those that would serve longer.
pub(super) fn retire(tx: &mut Tx<'_>, purpose: Purpose, at: Timestamp) -> Result<()> {
    let longer = signing_keys::algorithm
        .eq(purpose.as_str())
        .and(signing_keys::withdrawn_at.is_null())
        .and(signing_keys::retired_at.is_null().or(signing_keys::retired_at.gt(at)));
    diesel::update(signing_keys::table.filter(longer)).set(signing_keys::retired_at.eq(at)).execute(tx.conn)?;
    Ok(())
}

/// Takes a key away. Returns whether it was there.
pub(super) fn withdraw(tx: &mut Tx<'_>, kid: &str) -> Result<bool> {
    let there = signing_keys::table.find(kid).filter(signing_keys::withdrawn_at.is_null());
    let changed = diesel::update(there).set(signing_keys::withdrawn_at.eq(tx.now)).execute(tx.conn)?;
    if changed == 1 {
        revision::bump(tx, REVISION)?;
    }
    Ok(changed == 1)
}
