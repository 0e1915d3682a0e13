//! Public keys: ours that verify, or a client's that verify and can be encrypted to.

use serde_json::Value;

use crate::algorithm::SigningAlgorithm;
use crate::error::{JwkError, KeySetError, VerifyError};
use crate::jwe::{EncryptionKey, KeyManagement};
use crate::jws::{Compact, Verified};
use crate::key::PrivateKey;
use crate::public_key::{VerifyingKey, verifying_keys};

/// The most keys a set may hold. It bounds the work that a token without `kid` can cause.
pub const MAX_KEYS: usize = 50;

/// An immutable set of public keys, each parsed once. Cheap to share behind an `Arc`, dear to build.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    keys: Vec<VerifyingKey>,
    /// The keys of a client that are, or may be, for encryption. Which algorithm they are needed with is not known yet.
    encrypting: Vec<Value>,
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
    /// Keys that we cannot use (unknown types, curves or algorithms, RSA outside 2048 to 8192 bits, malformed keys,
    /// private keys) are passed over, as the RFC asks; see [`KeySet::is_empty`].
    ///
    /// # Errors
    /// When the document is not a JWK set, or has more than [`MAX_KEYS`] keys.
    pub fn from_jwks(jwks: &Value) -> Result<Self, KeySetError> {
        let jwks = jwks.get("keys").and_then(Value::as_array).ok_or(KeySetError::Malformed)?;
        if jwks.len() > MAX_KEYS {
            return Err(KeySetError::TooManyKeys);
        }
        let usable = |jwk: &&Value| KeyManagement::ALL.iter().any(|alg| EncryptionKey::from_jwk(jwk, *alg).is_ok());
        Ok(Self {
            keys: jwks.iter().filter_map(|jwk| verifying_keys(jwk).ok()).flatten().collect(),
            encrypting: jwks.iter().filter(usable).cloned().collect(),
        })
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

    /// Whether some key of a client's set can be encrypted to.
    pub fn can_encrypt(&self) -> bool {
        !self.encrypting.is_empty()
    }

    /// The key of a client's set to encrypt to with this algorithm: the first one that is for encryption by its `use`, or
    /// else the first one that leaves its use open (OpenID Connect Core §10.2, RFC 7517 §4.2). `None` when there is none.
    pub fn encryption_key(&self, algorithm: KeyManagement) -> Option<EncryptionKey> {
        let of_use = |open: bool| {
            let mut keys = self.encrypting.iter().filter(|jwk| jwk.get("use").is_none() == open);
            keys.find_map(|jwk| EncryptionKey::from_jwk(jwk, algorithm).ok())
        };
        of_use(false).or_else(|| of_use(true))
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
