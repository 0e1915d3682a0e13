//! Signatures with a secret that both sides know (HMAC, RFC 7518 §3.2): for assertions of clients that have nothing else.
//! Nothing of ours is ever signed so.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::hmac;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::error::{UnknownAlgorithm, VerifyError};
use crate::jws::Compact;

/// An algorithm of this kind by its JOSE name. It is no [`crate::SigningAlgorithm`], so that where a signature by a key
/// pair is expected, a public key can never be taken for a secret (RFC 8725 §2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum MacAlgorithm {
    /// HMAC with SHA-256.
    #[serde(rename = "HS256")]
    Hs256,
    /// HMAC with SHA-384.
    #[serde(rename = "HS384")]
    Hs384,
    /// HMAC with SHA-512.
    #[serde(rename = "HS512")]
    Hs512,
}

impl MacAlgorithm {
    /// Every algorithm, in the order in which discovery names them.
    pub const ALL: [Self; 3] = [Self::Hs256, Self::Hs384, Self::Hs512];

    /// The JOSE name, as in `alg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
        }
    }

    /// The shortest secret, in bytes: as long as the hash (RFC 7518 §3.2).
    pub const fn min_secret_bytes(self) -> usize {
        match self {
            Self::Hs256 => 32,
            Self::Hs384 => 48,
            Self::Hs512 => 64,
        }
    }

    const fn hmac(self) -> hmac::Algorithm {
        match self {
            Self::Hs256 => hmac::HMAC_SHA256,
            Self::Hs384 => hmac::HMAC_SHA384,
            Self::Hs512 => hmac::HMAC_SHA512,
        }
    }
}

impl fmt::Display for MacAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for MacAlgorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name).ok_or(UnknownAlgorithm)
    }
}

/// A secret that a client shares with us. It does not print.
pub struct MacKey(Zeroizing<Vec<u8>>);

impl MacKey {
    /// The octets of the secret's UTF-8 are the key (OpenID Connect Core §10.1).
    pub fn new(secret: &str) -> Self {
        Self(Zeroizing::new(secret.as_bytes().to_vec()))
    }

    /// Checks form and signature of a compact JWS and reads its claims; what they mean is for the caller to check.
    ///
    /// # Errors
    /// `UnsupportedAlgorithm` also when the secret is too short for the algorithm. No input makes it panic.
    pub fn verify(&self, token: &str, allowed: &[MacAlgorithm]) -> Result<Map<String, Value>, VerifyError> {
        let token = Compact::parse(token)?;
        let algorithm: MacAlgorithm = token.alg()?.parse().map_err(|_| VerifyError::UnsupportedAlgorithm)?;
        if !allowed.contains(&algorithm) || self.0.len() < algorithm.min_secret_bytes() {
            return Err(VerifyError::UnsupportedAlgorithm);
        }
        // Compares in constant time, and the whole of it.
        hmac::verify(&hmac::Key::new(algorithm.hmac(), &self.0), token.signing_input, &token.signature)
            .map_err(|_| VerifyError::BadSignature)?;
        token.claims()
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey(…)")
    }
}
