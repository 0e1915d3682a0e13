//! The compact form of a signed token (RFC 7515 §7.1) and what is read from it.

use base64::Engine;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::BASE64;
use crate::algorithm::SigningAlgorithm;
use crate::error::VerifyError;

/// The longest token we look at, in bytes.
pub const MAX_TOKEN_BYTES: usize = 64 * 1024;

/// The header of a verified token. Other header parameters (`jwk`, `jku`, `x5c`, ...) are ignored: a token does not
/// bring the key it is checked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The algorithm of the signature.
    pub alg: SigningAlgorithm,
    /// The name of the key.
    pub kid: Option<String>,
    /// The kind of token, as it was written; compare it with [`Header::is_type`].
    pub typ: Option<String>,
}

impl Header {
    /// Whether `typ` is this media type: without regard to case or to a leading `application/` (RFC 7515 §4.1.9).
    pub fn is_type(&self, expected: &str) -> bool {
        self.typ.as_deref().is_some_and(|typ| short_type(typ).eq_ignore_ascii_case(short_type(expected)))
    }
}

fn short_type(typ: &str) -> &str {
    const PREFIX: &str = "application/";
    match typ.split_at_checked(PREFIX.len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case(PREFIX) && !rest.contains('/') => rest,
        _ => typ,
    }
}

/// A token whose signature was good.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    /// Its header.
    pub header: Header,
    /// Its claims, not yet judged.
    pub claims: Map<String, Value>,
}

impl Verified {
    /// The claims as a type of the caller's.
    ///
    /// # Errors
    /// `Malformed` when they do not fit.
    pub fn claims_as<T: DeserializeOwned>(&self) -> Result<T, VerifyError> {
        T::deserialize(&self.claims).map_err(|_| VerifyError::Malformed)
    }
}

/// What a token says about itself, unproven: good for nothing but finding out whose keys should verify it.
#[derive(Clone, Debug, PartialEq)]
pub struct Unverified {
    /// The algorithm it says it is signed with, which may be any.
    pub alg: String,
    /// The key it says it is signed with.
    pub kid: Option<String>,
    /// The kind of token it says it is.
    pub typ: Option<String>,
    /// What it claims.
    pub claims: Map<String, Value>,
}

impl Unverified {
    /// Reads a compact JWS without verifying it.
    ///
    /// # Errors
    /// `Malformed`, by the rules of [`crate::KeySet::verify`].
    pub fn read(token: &str) -> Result<Self, VerifyError> {
        let token = Compact::parse(token)?;
        let RawHeader { alg, kid, typ, .. } = token.raw_header()?;
        Ok(Self { alg, kid, typ, claims: token.claims()? })
    }
}

/// A token taken apart, nothing of it proven.
pub(crate) struct Compact<'a> {
    header: Vec<u8>,
    /// What the signature is made over.
    pub(crate) signing_input: &'a [u8],
    payload: &'a str,
    /// The signature.
    pub(crate) signature: Vec<u8>,
}

impl<'a> Compact<'a> {
    /// Splits and decodes; three parts exactly.
    pub(crate) fn parse(token: &'a str) -> Result<Self, VerifyError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(VerifyError::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(VerifyError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(VerifyError::Malformed)?;
        if payload.contains('.') {
            return Err(VerifyError::Malformed);
        }
        Ok(Self { header: decode(header)?, signing_input: signed.as_bytes(), payload, signature: decode(signature)? })
    }

    /// The algorithm that the header names, whichever it is.
    pub(crate) fn alg(&self) -> Result<String, VerifyError> {
        Ok(self.raw_header()?.alg)
    }

    /// The header, if its algorithm is allowed.
    pub(crate) fn header(&self, allowed: &[SigningAlgorithm]) -> Result<Header, VerifyError> {
        let RawHeader { alg, kid, typ, .. } = self.raw_header()?;
        match alg.parse() {
            Ok(alg) if allowed.contains(&alg) => Ok(Header { alg, kid, typ }),
            _ => Err(VerifyError::UnsupportedAlgorithm),
        }
    }

    /// The claims; only worth reading when the signature was checked.
    pub(crate) fn claims(&self) -> Result<Map<String, Value>, VerifyError> {
        serde_json::from_slice(&decode(self.payload)?).map_err(|_| VerifyError::Malformed)
    }

    fn raw_header(&self) -> Result<RawHeader, VerifyError> {
        // A derived struct would also accept its members as an array.
        if self.header.trim_ascii_start().first() != Some(&b'{') {
            return Err(VerifyError::Malformed);
        }
        let header: RawHeader = serde_json::from_slice(&self.header).map_err(|_| VerifyError::Malformed)?;
        // We know no extension, and an unknown critical one forbids to accept the token (RFC 7515 §4.1.11).
        if header.crit.is_some() { Err(VerifyError::Malformed) } else { Ok(header) }
    }
}

/// The header parameters that steer us. A repeated one is an error, by what `Deserialize` derives (RFC 7515 §4).
#[derive(Deserialize)]
struct RawHeader {
    alg: String,
    #[serde(default, deserialize_with = "present")]
    kid: Option<String>,
    #[serde(default, deserialize_with = "present")]
    typ: Option<String>,
    #[serde(default, deserialize_with = "present")]
    crit: Option<IgnoredAny>,
}

/// A member that may be left out but not be `null`.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

fn decode(part: &str) -> Result<Vec<u8>, VerifyError> {
    BASE64.decode(part).map_err(|_| VerifyError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_compare_as_media_types() {
        let header = |typ: &str| Header { alg: SigningAlgorithm::Es256, kid: None, typ: Some(typ.to_owned()) };
        assert!(header("at+jwt").is_type("at+jwt"));
        assert!(header("AT+JWT").is_type("at+jwt"));
        assert!(header("Application/at+jwt").is_type("at+jwt"));
        assert!(!header("JWT").is_type("at+jwt"));
        assert!(!header("application/x/at+jwt").is_type("at+jwt"));
        assert!(!header("").is_type("at+jwt"));
        assert!(!Header { typ: None, ..header("") }.is_type(""));
    }
}
