//! What a key of ours is, and the snapshot of all of them.

use super::{KeysError, store::Row};
use crate::document::Document;
use account::secret::InstallationKey;
use db::Timestamp;
use jose::{DecryptionKey, DecryptionKeys, KeyKind, KeySet, PrivateKey, SigningAlgorithm, UnknownAlgorithm};
use serde_json::{Value, json};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// How long relying parties may keep our JWK set, in seconds (`Cache-Control: max-age`).
pub const JWKS_MAX_AGE_SECONDS: i64 = 600;

/// A new key is published for this long before it signs: the cache lifetime of the JWK set, and time for the other
/// nodes to see the key.
pub(super) const PUBLISHED_BEFORE_SIGNING_SECONDS: i64 = JWKS_MAX_AGE_SECONDS + 60;

/// Longer than any token that relying parties check by the JWK set lives after it was signed, together with clocks
/// that differ.
const CLOCK_SKEW_SECONDS: i64 = 300;

/// A retired key goes on recognising `id_token_hint`s, which may be expired (OpenID Connect Core §3.1.2.1), for as long;
/// and one to encrypt to goes on reading what comes from those who keep our JWK set longer than they should.
const RECOGNISED_AFTER_RETIREMENT_SECONDS: i64 = 180 * 24 * 3600;

/// What a key is for. Each purpose has its own key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Signs tokens with this algorithm.
    Sign(SigningAlgorithm),
    /// Reads what others encrypt to us (OpenID Connect Core §10.2).
    Decrypt(KeyKind),
}

impl Purpose {
    /// Every purpose; keys that sign come first.
    pub fn all() -> impl Iterator<Item = Self> {
        SigningAlgorithm::ALL.into_iter().map(Self::Sign).chain(KeyKind::ALL.into_iter().map(Self::Decrypt))
    }

    /// The name of its algorithm, or of the family of algorithms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sign(algorithm) => algorithm.as_str(),
            Self::Decrypt(kind) => kind.as_str(),
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Purpose {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        Self::all().find(|purpose| purpose.as_str() == name).ok_or(UnknownAlgorithm)
    }
}

/// A key that was opened: made just now, or read from its row.
#[derive(Debug, Clone)]
pub(super) enum Opened {
    Sign(Arc<PrivateKey>),
    Decrypt(Arc<DecryptionKey>),
}

/// Where a key is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// In the JWK set, not signing yet.
    Published,
    /// Signs, or is there to encrypt to.
    Active,
    /// Has a successor. It signs no more; what is encrypted to it is still read.
    Retired,
    /// Taken away before its time.
    Withdrawn,
}

/// A key as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its name, the RFC 7638 thumbprint.
    pub kid: String,
    /// What it is for.
    pub purpose: Purpose,
    /// When it was made and published.
    pub created_at: Timestamp,
    /// From when it signs. A key to encrypt to needs no such delay.
    pub signs_from: Timestamp,
    /// From when its successor takes its place.
    pub retired_at: Option<Timestamp>,
    /// When it was taken away.
    pub withdrawn_at: Option<Timestamp>,
}

impl Key {
    /// Where it is in its life.
    pub fn state(&self, now: Timestamp) -> State {
        if self.withdrawn_at.is_some() {
            State::Withdrawn
        } else if self.retired_at.is_some_and(|at| at <= now) {
            State::Retired
        } else if self.signs_from > now {
            State::Published
        } else {
            State::Active
        }
    }

    /// Until when it stands in the JWK set; `None`: no end is known.
    fn published_until(&self, token_seconds: i64) -> Option<Timestamp> {
        self.retired_at.map(|at| at.plus_seconds(token_seconds + CLOCK_SKEW_SECONDS))
    }
}

/// All keys at one moment, parsed.
#[derive(Debug)]
pub struct Keys {
    signers: Vec<(Key, Arc<PrivateKey>)>,
    verifying: KeySet,
    decrypting: DecryptionKeys,
    jwks: Document,
    /// The counter at which this was read.
    pub(super) revision: i64,
    /// When time alone makes this old: a retired key leaves the JWK set.
    pub(super) stale_at: Option<Timestamp>,
}

impl Keys {
    pub(super) fn read(
        rows: Vec<Row>,
        revision: i64,
        sealing: &InstallationKey,
        token_seconds: i64,
        now: Timestamp,
    ) -> Result<Self, KeysError> {
        let (mut signers, mut decrypting) = (Vec::new(), Vec::new());
        let (mut published, mut retired) = (Vec::new(), Vec::new());
        let mut stale_at: Option<Timestamp> = None;
        for row in rows.into_iter().filter(|row| row.key.withdrawn_at.is_none()) {
            let jwk: Value = serde_json::from_str(&row.public_jwk)
                .map_err(|e| KeysError::Stored(row.key.kid.clone(), e.to_string()))?;
            let until = row.key.published_until(token_seconds);
            if until.is_none_or(|until| until > now) {
                stale_at = until.into_iter().chain(stale_at).min();
                published.push(jwk.clone());
            }
            let forgotten = row.key.retired_at.map(|at| at.plus_seconds(RECOGNISED_AFTER_RETIREMENT_SECONDS));
            if forgotten.is_some_and(|at| at <= now) {
                continue;
            }
            let replaced = row.key.retired_at.is_some_and(|at| at <= now);
            match row.key.purpose {
                Purpose::Sign(_) if replaced => retired.push(jwk),
                Purpose::Sign(_) | Purpose::Decrypt(_) => match row.open(sealing)? {
                    Opened::Sign(key) => signers.push((row.key, key)),
                    Opened::Decrypt(key) => decrypting.push(key),
                },
            }
        }
        // Rows come oldest first: a token that does not name its key was most likely encrypted to the newest.
        decrypting.reverse();
        let verifying = KeySet::ours(signers.iter().map(|(_, key)| &**key), retired.iter())?;
        let (decrypting, jwks) = (DecryptionKeys::new(decrypting), Document::new(&json!({ "keys": published })));
        Ok(Self { signers, verifying, decrypting, jwks, revision, stale_at })
    }

    /// The key that signs with this algorithm now. `None` only while there is no key for it at all.
    pub fn signer(&self, algorithm: SigningAlgorithm, now: Timestamp) -> Option<&PrivateKey> {
        let of_algorithm = || self.signers.iter().filter(move |(key, _)| key.purpose == Purpose::Sign(algorithm));
        let signing = of_algorithm().filter(|(key, _)| key.state(now) == State::Active);
        // Clocks of nodes differ a little: when each key's time is still to come, the first one has to do.
        signing
            .max_by_key(|(key, _)| key.signs_from)
            .or_else(|| of_algorithm().min_by_key(|(key, _)| key.signs_from))
            .map(|(_, key)| &**key)
    }

    /// Verifies tokens of our own, also those signed by keys that left the JWK set not long ago. Whether a token has
    /// expired is for the caller to see.
    pub fn verifying(&self) -> &KeySet {
        &self.verifying
    }

    /// Reads what was encrypted to us, also to keys that were replaced not long ago.
    pub fn decrypting(&self) -> &DecryptionKeys {
        &self.decrypting
    }

    /// The JWK set document.
    pub fn jwks(&self) -> &Document {
        &self.jwks
    }
}
