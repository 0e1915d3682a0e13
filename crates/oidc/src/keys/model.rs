//! What a signing key is, and the snapshot of all of them.

use super::{KeysError, store::Row};
use crate::document::Document;
use account::secret::InstallationKey;
use db::Timestamp;
use jose::{KeySet, PrivateKey, SigningAlgorithm};
use serde_json::{Value, json};
use std::sync::Arc;

/// How long relying parties may keep our JWK set, in seconds (`Cache-Control: max-age`).
pub const JWKS_MAX_AGE_SECONDS: i64 = 600;

/// A new key is published for this long before it signs: the cache lifetime of the JWK set, and time for the other
/// nodes to see the key.
pub(super) const PUBLISHED_BEFORE_SIGNING_SECONDS: i64 = JWKS_MAX_AGE_SECONDS + 60;

/// Longer than any token that relying parties check by the JWK set lives after it was signed, together with clocks
/// that differ.
const CLOCK_SKEW_SECONDS: i64 = 300;

/// A retired key goes on recognising `id_token_hint`s, which may be expired (OpenID Connect Core §3.1.2.1), for as long.
const RECOGNISED_AFTER_RETIREMENT_SECONDS: i64 = 180 * 24 * 3600;

/// Where a key is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// In the JWK set, not signing yet.
    Published,
    /// Signs.
    Signing,
    /// Signs no more.
    Retired,
    /// Taken away before its time.
    Withdrawn,
}

/// A signing key as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its name, the RFC 7638 thumbprint.
    pub kid: String,
    /// Its algorithm.
    pub algorithm: SigningAlgorithm,
    /// When it was made and published.
    pub created_at: Timestamp,
    /// From when it signs.
    pub signs_from: Timestamp,
    /// From when its successor signs.
    pub retired_at: Option<Timestamp>,
    /// When it was taken away.
    pub withdrawn_at: Option<Timestamp>,
}

impl SigningKey {
    /// Where it is in its life.
    pub fn state(&self, now: Timestamp) -> State {
        if self.withdrawn_at.is_some() {
            State::Withdrawn
        } else if self.retired_at.is_some_and(|at| at <= now) {
            State::Retired
        } else if self.signs_from > now {
            State::Published
        } else {
            State::Signing
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
    signers: Vec<(SigningKey, Arc<PrivateKey>)>,
    verifying: KeySet,
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
        let mut signers = Vec::new();
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
            if row.key.retired_at.is_none_or(|at| at > now) {
                signers.push((row.key.clone(), Arc::new(row.open(sealing)?)));
            } else if row.key.retired_at.is_some_and(|at| at.plus_seconds(RECOGNISED_AFTER_RETIREMENT_SECONDS) > now) {
                retired.push(jwk);
            }
        }
        let verifying = KeySet::ours(signers.iter().map(|(_, key)| &**key), retired.iter())?;
        Ok(Self { signers, verifying, jwks: Document::new(&json!({ "keys": published })), revision, stale_at })
    }

    /// The key that signs with this algorithm now. `None` only while there is no key for it at all.
    pub fn signer(&self, algorithm: SigningAlgorithm, now: Timestamp) -> Option<&PrivateKey> {
        let of_algorithm = || self.signers.iter().filter(move |(key, _)| key.algorithm == algorithm);
        let signing = of_algorithm().filter(|(key, _)| key.state(now) == State::Signing);
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

    /// The JWK set document.
    pub fn jwks(&self) -> &Document {
        &self.jwks
    }
}
