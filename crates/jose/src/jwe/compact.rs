//! The compact form of an encrypted token (RFC 7516 §7.1), taken apart and nothing of it proven.

use base64::Engine;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::{ContentEncryption, KeyManagement};
use crate::BASE64;
use crate::error::DecryptError;
use crate::jws::MAX_TOKEN_BYTES;

/// The five parts, decoded, and what the header says.
pub(super) struct Compact<'a> {
    /// The encoded header: what the content's tag is made over beside the content.
    pub(super) aad: &'a [u8],
    pub(super) header: Header,
    pub(super) encrypted_key: Vec<u8>,
    pub(super) iv: Vec<u8>,
    pub(super) ciphertext: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

/// The header parameters that steer us, of which only the algorithms are typed: what is unknown is refused by then.
pub(super) struct Header {
    pub(super) alg: KeyManagement,
    pub(super) enc: ContentEncryption,
    pub(super) kid: Option<String>,
    pub(super) cty: Option<String>,
    pub(super) epk: Option<Map<String, Value>>,
    pub(super) apu: Vec<u8>,
    pub(super) apv: Vec<u8>,
}

impl<'a> Compact<'a> {
    /// Splits and decodes; five parts exactly. The length is looked at before anything else.
    pub(super) fn parse(token: &'a str) -> Result<Self, DecryptError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(DecryptError);
        }
        let mut parts = token.split('.');
        let mut next = || parts.next().ok_or(DecryptError);
        let [header, encrypted_key, iv, ciphertext, tag] = [next()?, next()?, next()?, next()?, next()?];
        if parts.next().is_some() {
            return Err(DecryptError);
        }
        Ok(Self {
            aad: header.as_bytes(),
            header: Header::read(&decode(header)?)?,
            encrypted_key: decode(encrypted_key)?,
            iv: decode(iv)?,
            ciphertext: decode(ciphertext)?,
            tag: decode(tag)?,
        })
    }
}

impl Header {
    fn read(json: &[u8]) -> Result<Self, DecryptError> {
        // A derived struct would also accept its members as an array.
        if json.trim_ascii_start().first() != Some(&b'{') {
            return Err(DecryptError);
        }
        let raw: RawHeader = serde_json::from_slice(json).map_err(|_| DecryptError)?;
        // We know no extension, and unpack nothing: a compressed content is a bomb, or tells its length.
        if raw.crit.is_some() || raw.zip.is_some() {
            return Err(DecryptError);
        }
        let party = |encoded: Option<String>| encoded.map_or(Ok(Vec::new()), |encoded| decode(&encoded));
        Ok(Self {
            alg: raw.alg.parse().map_err(|_| DecryptError)?,
            enc: raw.enc.parse().map_err(|_| DecryptError)?,
            kid: raw.kid,
            cty: raw.cty,
            epk: raw.epk,
            apu: party(raw.apu)?,
            apv: party(raw.apv)?,
        })
    }
}

/// A repeated parameter is an error, by what `Deserialize` derives (RFC 7516 §4).
#[derive(Deserialize)]
struct RawHeader {
    alg: String,
    enc: String,
    #[serde(default, deserialize_with = "present")]
    kid: Option<String>,
    #[serde(default, deserialize_with = "present")]
    cty: Option<String>,
    #[serde(default, deserialize_with = "present")]
    epk: Option<Map<String, Value>>,
    #[serde(default, deserialize_with = "present")]
    apu: Option<String>,
    #[serde(default, deserialize_with = "present")]
    apv: Option<String>,
    #[serde(default, deserialize_with = "present")]
    zip: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "present")]
    crit: Option<IgnoredAny>,
}

/// A member that may be left out but not be `null`.
fn present<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

fn decode(part: &str) -> Result<Vec<u8>, DecryptError> {
    BASE64.decode(part).map_err(|_| DecryptError)
}
