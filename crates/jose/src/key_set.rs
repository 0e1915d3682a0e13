//! Public keys that verify: ours, or a client's.

use serde_json::Value;

use crate::algorithm::SigningAlgorithm;
use crate::error::{JwkError, KeySetError, VerifyError};
use crate::jws::{Compact, Verified};
use crate::key::PrivateKey;
use crate::public_key::{VerifyingKey, verifying_keys};

/// The most keys a set may hold. It bounds the work that a token without `kid` can cause.
pub const MAX_KEYS: usize = 50;

/// An immutable set of public keys, each parsed once. Cheap to share behind an `Arc`, dear to build.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    keys: Vec<VerifyingKey>,
}

impl KeySet {
    /// Our own set: the keys in use, and the public JWKs of retired ones whose tokens still live.
    ///
    /// # Errors
    /// When one of the retired JWKs cannot verify: they were ours, so something is broken.
    pub fn ours<'a>(
        keys: impl IntoIterator<Item = &'a PrivateKey>,
        retired: impl IntoIterator<Item = &'a Value>,
    ) -> Result<Self, JwkError> {
        let mut set = Self::default();
        for key in keys {
            set.keys.extend(verifying_keys(key.public_jwk())?);
        }
        for jwk in retired {
            set.keys.extend(verifying_keys(jwk)?);
        }
        Ok(set)
    }

    /// A client's set, from `jwks` or the document at `jwks_uri` (RFC 7517 §5).
    ///
    /// Keys that cannot verify anything we accept (unknown types, curves or algorithms, keys for encryption, RSA outside
    /// 2048 to 8192 bits, malformed keys, private keys) are passed over, as the RFC asks; see [`KeySet::is_empty`].
    ///
    /// # Errors
    /// When the document is not a JWK set, or has more than [`MAX_KEYS`] keys.
    pub fn from_jwks(jwks: &Value) -> Result<Self, KeySetError> {
        let jwks = jwks.get("keys").and_then(Value::as_array).ok_or(KeySetError::Malformed)?;
        if jwks.len() > MAX_KEYS {
            return Err(KeySetError::TooManyKeys);
        }
        Ok(Self { keys: jwks.iter().filter_map(|jwk| verifying_keys(jwk).ok()).flatten().collect() })
    }

    /// [`KeySet::from_jwks`] from the document's bytes, whose number the caller has limited.
    ///
    /// # Errors
    /// As [`KeySet::from_jwks`].
    pub fn from_json(document: &[u8]) -> Result<Self, KeySetError> {
        Self::from_jwks(&serde_json::from_slice(document).map_err(|_| KeySetError::Malformed)?)
    }

    /// Whether no key of the set can verify anything.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether some key of the set verifies this algorithm.
    pub fn supports(&self, algorithm: SigningAlgorithm) -> bool {
        self.keys.iter().any(|key| key.algorithm == algorithm)
    }

    /// Whether a key of this name is in the set.
    pub fn contains(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.kid.as_deref() == Some(kid))
    }

    /// Checks form and signature of a compact JWS and reads its claims (RFC 7515 §5.2). Says nothing about what the
    /// claims mean: issuer, audience, times and `typ` are for the caller to check.
    ///
    /// # Errors
    /// See [`VerifyError`]; no input makes it panic.
    pub fn verify(&self, token: &str, allowed: &[SigningAlgorithm]) -> Result<Verified, VerifyError> {
        let token = Compact::parse(token)?;
        let header = token.header(allowed)?;
        self.check_signature(&token, header.alg, header.kid.as_deref())?;
        Ok(Verified { header, claims: token.claims()? })
    }

    /// A `kid` decides which key it is. Without one, each key for the algorithm is tried. Keys of a set that have no
    /// name are tried as well when the token names a key that the set does not: the client numbered its keys at home only.
    fn check_signature(
        &self,
        token: &Compact<'_>,
        algorithm: SigningAlgorithm,
        kid: Option<&str>,
    ) -> Result<(), VerifyError> {
        let named = kid.is_some_and(|kid| self.contains(kid));
        let mut candidates = self
            .keys
            .iter()
            .filter(|key| key.algorithm == algorithm)
            .filter(|key| match kid {
                Some(_) if named => key.kid.as_deref() == kid,
                Some(_) => key.kid.is_none(),
                None => true,
            })
            .peekable();

        let any = candidates.peek().is_some();
        if candidates.any(|key| key.verifies(token.signing_input, &token.signature)) {
            return Ok(());
        }
        Err(match kid {
            Some(_) if named && any => VerifyError::BadSignature,
            Some(_) if named => VerifyError::UnsupportedAlgorithm,
            None if any => VerifyError::BadSignature,
            _ => VerifyError::UnknownKey { kid: kid.map(str::to_owned) },
        })
    }
}
