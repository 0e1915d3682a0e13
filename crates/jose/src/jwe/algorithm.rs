//! The encryption algorithms we offer and accept.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::UnknownAlgorithm;

/// How the content's key reaches the recipient: `alg` of a JWE (RFC 7518 §4.1).
///
/// Closed on purpose: `RSA1_5` (a padding oracle by nature), `dir`, the password-based and the symmetric ones cannot be
/// asked for by a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum KeyManagement {
    /// RSAES-OAEP with SHA-1, which is no weakness there.
    #[serde(rename = "RSA-OAEP")]
    RsaOaep,
    /// RSAES-OAEP with SHA-256.
    #[serde(rename = "RSA-OAEP-256")]
    RsaOaep256,
    /// The agreed key is the content's key.
    #[serde(rename = "ECDH-ES")]
    EcdhEs,
    /// The agreed key wraps the content's key with AES-128.
    #[serde(rename = "ECDH-ES+A128KW")]
    EcdhEsA128Kw,
    /// The agreed key wraps the content's key with AES-256.
    #[serde(rename = "ECDH-ES+A256KW")]
    EcdhEsA256Kw,
}

impl KeyManagement {
    /// Every algorithm, in the order in which discovery names them.
    pub const ALL: [Self; 5] = [Self::RsaOaep, Self::RsaOaep256, Self::EcdhEs, Self::EcdhEsA128Kw, Self::EcdhEsA256Kw];

    /// The JOSE name, as in `alg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RsaOaep => "RSA-OAEP",
            Self::RsaOaep256 => "RSA-OAEP-256",
            Self::EcdhEs => "ECDH-ES",
            Self::EcdhEsA128Kw => "ECDH-ES+A128KW",
            Self::EcdhEsA256Kw => "ECDH-ES+A256KW",
        }
    }
}

/// How the content is encrypted: `enc` of a JWE (RFC 7518 §5.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ContentEncryption {
    /// AES-128 in CBC mode, authenticated by HMAC with SHA-256: the default of OpenID Connect Registration §2.
    #[default]
    #[serde(rename = "A128CBC-HS256")]
    A128CbcHs256,
    /// AES-256 in Galois/Counter mode.
    #[serde(rename = "A256GCM")]
    A256Gcm,
}

impl ContentEncryption {
    /// Every encryption, in the order in which discovery names them.
    pub const ALL: [Self; 2] = [Self::A128CbcHs256, Self::A256Gcm];

    /// The JOSE name, as in `enc`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A128CbcHs256 => "A128CBC-HS256",
            Self::A256Gcm => "A256GCM",
        }
    }
}

impl fmt::Display for KeyManagement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KeyManagement {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name).ok_or(UnknownAlgorithm)
    }
}

impl fmt::Display for ContentEncryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ContentEncryption {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        Self::ALL.into_iter().find(|encryption| encryption.as_str() == name).ok_or(UnknownAlgorithm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_has_one_name_everywhere() {
        for algorithm in KeyManagement::ALL {
            assert_eq!(algorithm.as_str().parse(), Ok(algorithm));
            assert_eq!(serde_json::to_value(algorithm).unwrap(), algorithm.as_str());
        }
        for encryption in ContentEncryption::ALL {
            assert_eq!(encryption.as_str().parse(), Ok(encryption));
            assert_eq!(serde_json::to_value(encryption).unwrap(), encryption.as_str());
        }
    }

    #[test]
    fn dangerous_algorithms_are_unknown() {
        for name in ["RSA1_5", "dir", "A256KW", "A256GCMKW", "PBES2-HS256+A128KW", "ECDH-ES+A192KW", "none", ""] {
            assert_eq!(name.parse::<KeyManagement>(), Err(UnknownAlgorithm), "{name:?}");
        }
        for name in ["A128GCM", "A256CBC-HS512", "a256gcm", ""] {
            assert_eq!(name.parse::<ContentEncryption>(), Err(UnknownAlgorithm), "{name:?}");
        }
    }
}
