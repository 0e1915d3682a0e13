//! The signature algorithms we offer and accept.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::UnknownAlgorithm;

/// A signature algorithm by its JOSE name (RFC 7518 §3.1, RFC 8037 §3.1).
///
/// The set is closed on purpose: what is not here (`none`, the HMACs of [`crate::MacAlgorithm`]) cannot be asked for by a
/// token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: the default of OpenID Connect for ID tokens.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSASSA-PSS with SHA-256 and a salt of 32 bytes.
    #[serde(rename = "PS256")]
    Ps256,
    /// ECDSA on P-256 with SHA-256; the signature is `r || s`, 64 bytes.
    #[serde(rename = "ES256")]
    Es256,
    /// EdDSA; of its curves we speak Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl SigningAlgorithm {
    /// Every algorithm, in the order in which discovery names them.
    pub const ALL: [Self; 4] = [Self::Rs256, Self::Ps256, Self::Es256, Self::EdDsa];

    /// The JOSE name, as in `alg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

impl fmt::Display for SigningAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SigningAlgorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name).ok_or(UnknownAlgorithm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_has_one_name_everywhere() {
        for algorithm in SigningAlgorithm::ALL {
            assert_eq!(algorithm.as_str().parse(), Ok(algorithm));
            assert_eq!(serde_json::to_value(algorithm).unwrap(), algorithm.as_str());
            assert_eq!(serde_json::from_value::<SigningAlgorithm>(algorithm.as_str().into()).unwrap(), algorithm);
        }
    }

    #[test]
    fn names_are_exact_and_dangerous_ones_unknown() {
        for name in ["none", "None", "HS256", "rs256", "RS256 ", "", "ES384", "Ed25519"] {
            assert_eq!(name.parse::<SigningAlgorithm>(), Err(UnknownAlgorithm), "{name:?}");
        }
    }
}
