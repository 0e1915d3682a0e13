//! Elliptic-curve agreement on a key (RFC 7518 §4.6) and the wrapping of keys (§4.4).

use aws_lc_rs::agreement::{self, Algorithm, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::kdf::{SskdfDigestAlgorithm, SskdfDigestAlgorithmId, get_sskdf_digest_algorithm, sskdf_digest};
use aws_lc_rs::key_wrap::{AES_128, AES_256, AesKek, KeyWrap};
use base64::Engine;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::{ContentEncryption, KeyManagement};
use crate::BASE64;

const SHA256: &SskdfDigestAlgorithm =
    get_sskdf_digest_algorithm(SskdfDigestAlgorithmId::Sha256).expect("AWS-LC has the derivation with SHA-256");

/// A curve that keys are agreed upon with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
    P521,
    X25519,
}

impl Curve {
    /// By `kty` and `crv` of a JWK.
    pub(super) fn of(jwk: &Map<String, Value>) -> Option<Self> {
        match (jwk.get("kty")?.as_str()?, jwk.get("crv")?.as_str()?) {
            ("EC", "P-256") => Some(Self::P256),
            ("EC", "P-384") => Some(Self::P384),
            ("EC", "P-521") => Some(Self::P521),
            ("OKP", "X25519") => Some(Self::X25519),
            _ => None,
        }
    }

    pub(super) fn algorithm(self) -> &'static Algorithm {
        match self {
            Self::P256 => &agreement::ECDH_P256,
            Self::P384 => &agreement::ECDH_P384,
            Self::P521 => &agreement::ECDH_P521,
            Self::X25519 => &agreement::X25519,
        }
    }

    /// Length of a coordinate, in bytes.
    fn coordinate_bytes(self) -> usize {
        match self {
            Self::P256 | Self::X25519 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// The public key in a JWK as the library takes it; it checks that the point lies on the curve.
    pub(super) fn point(self, jwk: &Map<String, Value>) -> Option<Vec<u8>> {
        let coordinate = |name: &str| {
            let bytes = BASE64.decode(jwk.get(name)?.as_str()?).ok()?;
            (bytes.len() == self.coordinate_bytes()).then_some(bytes)
        };
        match self {
            Self::X25519 => coordinate("x"),
            // SEC 1 §2.3.3: 4, then both coordinates.
            _ => Some([&[4][..], &coordinate("x")?, &coordinate("y")?].concat()),
        }
    }

    /// The other way round: the members that make a public key, and no others.
    pub(super) fn jwk(self, point: &[u8]) -> Option<Value> {
        let name = match self {
            Self::X25519 => return Some(json!({ "kty": "OKP", "crv": "X25519", "x": BASE64.encode(point) })),
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        };
        let (x, y) = point.strip_prefix(&[4])?.split_at_checked(self.coordinate_bytes())?;
        Some(json!({ "kty": "EC", "crv": name, "x": BASE64.encode(x), "y": BASE64.encode(y) }))
    }
}

/// What both sides know beside the secret (RFC 7518 §4.6.1.2, §4.6.1.3).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parties<'a> {
    pub(super) apu: &'a [u8],
    pub(super) apv: &'a [u8],
}

/// The key that two sides agree upon: the content's key with `ECDH-ES`, else the one that wraps it.
pub(super) fn agree(
    ours: &PrivateKey,
    theirs: &[u8],
    algorithm: KeyManagement,
    encryption: ContentEncryption,
    parties: Parties<'_>,
) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let (name, bytes) = match algorithm {
        KeyManagement::EcdhEs => (encryption.as_str(), encryption.key_bytes()),
        KeyManagement::EcdhEsA128Kw => (algorithm.as_str(), 16),
        KeyManagement::EcdhEsA256Kw => (algorithm.as_str(), 32),
        KeyManagement::RsaOaep | KeyManagement::RsaOaep256 => return Err(Unspecified),
    };
    let theirs = UnparsedPublicKey::new(ours.algorithm(), theirs);
    agreement::agree(ours, theirs, Unspecified, |secret| derive(secret, name, bytes, parties))
}

/// The Concat KDF (RFC 7518 §4.6.2), which is the single-step derivation of NIST SP 800-56C.
fn derive(secret: &[u8], name: &str, bytes: usize, parties: Parties<'_>) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let mut info = Vec::new();
    for part in [name.as_bytes(), parties.apu, parties.apv] {
        info.extend_from_slice(&length(part.len())?);
        info.extend_from_slice(part);
    }
    info.extend_from_slice(&length(bytes * 8)?);
    let mut key = Zeroizing::new(vec![0; bytes]);
    sskdf_digest(SHA256, secret, &info, &mut key)?;
    Ok(key)
}

fn length(value: usize) -> Result<[u8; 4], Unspecified> {
    u32::try_from(value).map(u32::to_be_bytes).map_err(|_| Unspecified)
}

/// Wraps the content's key with the agreed one (RFC 3394).
pub(super) fn wrap(agreed: &[u8], key: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let mut wrapped = vec![0; key.len() + 8];
    let length = kek(agreed)?.wrap(key, &mut wrapped)?.len();
    wrapped.truncate(length);
    Ok(wrapped)
}

/// Unwraps a key of exactly `bytes` bytes.
pub(super) fn unwrap(agreed: &[u8], wrapped: &[u8], bytes: usize) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    if wrapped.len() != bytes + 8 {
        return Err(Unspecified);
    }
    let mut key = Zeroizing::new(vec![0; bytes]);
    kek(agreed)?.unwrap(wrapped, &mut key)?;
    Ok(key)
}

fn kek(agreed: &[u8]) -> Result<AesKek, Unspecified> {
    AesKek::new(if agreed.len() == 16 { &AES_128 } else { &AES_256 }, agreed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7518 appendix C. Its encryption is none of ours, so the derivation is tested from the agreed secret on.
    #[test]
    fn the_agreement_example_of_rfc_7518() {
        let ours = BASE64.decode("0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo").unwrap();
        let ours = PrivateKey::from_private_key(&agreement::ECDH_P256, &ours).unwrap();
        let theirs = json!({
            "kty": "EC",
            "crv": "P-256",
            "x": "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
            "y": "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"
        });
        let theirs = Curve::P256.point(theirs.as_object().unwrap()).unwrap();
        let theirs = UnparsedPublicKey::new(&agreement::ECDH_P256, theirs);
        let parties = Parties { apu: b"Alice", apv: b"Bob" };
        let key = agreement::agree(&ours, &theirs, Unspecified, |secret| derive(secret, "A128GCM", 16, parties));
        assert_eq!(BASE64.encode(&**key.as_ref().unwrap()), "VqqN6vgjbSBcIijNcacQGg");
    }

    #[test]
    fn a_wrapped_key_of_another_length_is_refused_without_a_panic() {
        for length in 0..64 {
            assert!(unwrap(&[1; 16], &vec![7; length], 32).is_err());
        }
        assert_eq!(*unwrap(&[1; 32], &wrap(&[1; 32], &[9; 32]).unwrap(), 32).unwrap(), [9; 32]);
    }
}
