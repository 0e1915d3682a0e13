//! Private keys: made, sealed away, read back, and used to sign.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair};
use base64::Engine;
use serde::Serialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::BASE64;
use crate::algorithm::SigningAlgorithm;
use crate::error::{KeyError, SignError};
use crate::thumbprint::thumbprint;

/// The kinds of token whose header is kept ready; others are encoded as they come.
const USUAL_TYPES: [Option<&str>; 4] = [None, Some("JWT"), Some("at+jwt"), Some("logout+jwt")];

/// A private key of ours with its algorithm and name. Parsed once and kept: parsing costs more than signing.
///
/// Its name is the RFC 7638 thumbprint, so it says which key it is on every node and for all time. It does not print,
/// and the library clears its memory when it goes.
pub struct PrivateKey {
    algorithm: SigningAlgorithm,
    kid: String,
    pair: Pair,
    public_jwk: Value,
    /// Encoded headers, in the order of [`USUAL_TYPES`].
    headers: [String; USUAL_TYPES.len()],
}

enum Pair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl PrivateKey {
    /// Makes a new key: RSA of 2048 bits, P-256 or Ed25519. An RSA key takes some tenths of a second.
    ///
    /// # Errors
    /// `Cryptography` when the library fails.
    pub fn generate(algorithm: SigningAlgorithm) -> Result<Self, KeyError> {
        let pair = match algorithm {
            SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256 => RsaKeyPair::generate(KeySize::Rsa2048).map(Pair::Rsa),
            SigningAlgorithm::Es256 => {
                EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_FIXED_SIGNING).map(Pair::P256)
            }
            SigningAlgorithm::EdDsa => Ed25519KeyPair::generate().map(Pair::Ed25519),
        };
        Self::new(algorithm, pair.map_err(|_| KeyError::Cryptography)?)
    }

    /// Reads a key back from what [`PrivateKey::to_pkcs8`] gave.
    ///
    /// # Errors
    /// `Rejected` when the bytes are no key for `algorithm`, `KidMismatch` when they are another key than `kid`.
    pub fn from_serialised(algorithm: SigningAlgorithm, kid: &str, pkcs8: &[u8]) -> Result<Self, KeyError> {
        let pair = match algorithm {
            SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256 => RsaKeyPair::from_pkcs8(pkcs8).map(Pair::Rsa),
            SigningAlgorithm::Es256 => {
                EcdsaKeyPair::from_pkcs8(&signature::ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map(Pair::P256)
            }
            SigningAlgorithm::EdDsa => Ed25519KeyPair::from_pkcs8(pkcs8).map(Pair::Ed25519),
        };
        let key = Self::new(algorithm, pair.map_err(|_| KeyError::Rejected)?)?;
        if key.kid == kid { Ok(key) } else { Err(KeyError::KidMismatch) }
    }

    fn new(algorithm: SigningAlgorithm, pair: Pair) -> Result<Self, KeyError> {
        let mut public_jwk = pair.public_members().ok_or(KeyError::Rejected)?;
        let kid = thumbprint(&public_jwk).ok_or(KeyError::Rejected)?;
        public_jwk["use"] = "sig".into();
        public_jwk["alg"] = algorithm.as_str().into();
        public_jwk["kid"] = kid.as_str().into();
        let headers = USUAL_TYPES.map(|typ| encoded_header(algorithm, &kid, typ));
        Ok(Self { algorithm, kid, pair, public_jwk, headers })
    }

    /// The private key as PKCS#8 (RFC 5208), to be sealed before it is stored. The memory is cleared when dropped.
    ///
    /// # Errors
    /// `Cryptography` when the library fails.
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        // Each of the library's documents clears itself too.
        let bytes = match &self.pair {
            Pair::Rsa(pair) => {
                AsDer::<Pkcs8V1Der<'static>>::as_der(pair).map(|der| Zeroizing::new(der.as_ref().to_vec()))
            }
            Pair::P256(pair) => pair.to_pkcs8v1().map(|der| Zeroizing::new(der.as_ref().to_vec())),
            Pair::Ed25519(pair) => pair.to_pkcs8v1().map(|der| Zeroizing::new(der.as_ref().to_vec())),
        };
        bytes.map_err(|_| KeyError::Cryptography)
    }

    /// The algorithm that it signs with.
    pub fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// Its name: the SHA-256 thumbprint (RFC 7638).
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half as it is published in our JWK set: `kty`, `use`, `alg`, `kid` and the key (RFC 7517 §4).
    pub fn public_jwk(&self) -> &Value {
        &self.public_jwk
    }

    /// Signs claims as a compact JWS (RFC 7515 §7.1) with the header `alg`, `kid` and, when given, `typ`.
    ///
    /// # Errors
    /// `Claims` when they have no JSON form, `Cryptography` when the library fails.
    pub fn sign_compact(&self, typ: Option<&str>, claims: &impl Serialize) -> Result<String, SignError> {
        let payload = serde_json::to_vec(claims).map_err(SignError::Claims)?;
        let signature_room = if let Pair::Rsa(pair) = &self.pair { pair.public_modulus_len() } else { 64 };
        let mut token = String::with_capacity(256 + (payload.len() + signature_room) * 4 / 3);
        match USUAL_TYPES.iter().position(|usual| *usual == typ) {
            Some(usual) => token.push_str(&self.headers[usual]),
            None => token.push_str(&encoded_header(self.algorithm, &self.kid, typ)),
        }
        token.push('.');
        BASE64.encode_string(payload, &mut token);
        self.append_signature(&mut token).map_err(|_| SignError::Cryptography)?;
        Ok(token)
    }

    fn append_signature(&self, token: &mut String) -> Result<(), aws_lc_rs::error::Unspecified> {
        // The library takes a source of randomness for the sake of its older interface and uses its own.
        let random = SystemRandom::new();
        let message = token.as_bytes();
        match &self.pair {
            Pair::Rsa(pair) => {
                let encoding = match self.algorithm {
                    SigningAlgorithm::Ps256 => &signature::RSA_PSS_SHA256,
                    _ => &signature::RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &random, message, &mut signature)?;
                push_part(token, &signature);
            }
            Pair::P256(pair) => {
                let signature = pair.sign(&random, message)?;
                push_part(token, signature.as_ref());
            }
            Pair::Ed25519(pair) => {
                let signature = pair.try_sign(message)?;
                push_part(token, signature.as_ref());
            }
        }
        Ok(())
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey").field("algorithm", &self.algorithm).field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl Pair {
    /// The members that make the public key, and no others (RFC 7518 §6.2.1, §6.3.1; RFC 8037 §2).
    fn public_members(&self) -> Option<Value> {
        Some(match self {
            Self::Rsa(pair) => rsa_public_members(pair)?,
            Self::P256(pair) => {
                // SEC 1 §2.3.3: 4, then both coordinates.
                let (x, y) = pair.public_key().as_ref().strip_prefix(&[4])?.split_at_checked(32)?;
                json!({ "kty": "EC", "crv": "P-256", "x": BASE64.encode(x), "y": BASE64.encode(y) })
            }
            Self::Ed25519(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": BASE64.encode(pair.public_key().as_ref()) })
            }
        })
    }
}

pub(crate) fn rsa_public_members(pair: &RsaKeyPair) -> Option<Value> {
    let (n, e) = rsa_components(pair.public_key().as_ref())?;
    Some(json!({ "kty": "RSA", "n": BASE64.encode(n), "e": BASE64.encode(e) }))
}

fn encoded_header(algorithm: SigningAlgorithm, kid: &str, typ: Option<&str>) -> String {
    let mut header = json!({ "alg": algorithm, "kid": kid });
    if let Some(typ) = typ {
        header["typ"] = typ.into();
    }
    BASE64.encode(header.to_string())
}

fn push_part(token: &mut String, part: &[u8]) {
    token.push('.');
    BASE64.encode_string(part, token);
}

/// Modulus and exponent out of an `RSAPublicKey` (RFC 8017 §A.1.1), without the sign byte.
fn rsa_components(der: &[u8]) -> Option<(&[u8], &[u8])> {
    const SEQUENCE: u8 = 0x30;
    const INTEGER: u8 = 0x02;
    let (sequence, _) = der_element(SEQUENCE, der)?;
    let (n, rest) = der_element(INTEGER, sequence)?;
    let (e, _) = der_element(INTEGER, rest)?;
    Some((n.strip_prefix(&[0]).unwrap_or(n), e.strip_prefix(&[0]).unwrap_or(e)))
}

/// The content of the DER element with this tag at the beginning, and what follows it.
fn der_element(tag: u8, input: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = match input.strip_prefix(&[tag])? {
        [short @ 0..=0x7f, rest @ ..] => (usize::from(*short), rest),
        [0x81, length, rest @ ..] => (usize::from(*length), rest),
        [0x82, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        _ => return None,
    };
    rest.split_at_checked(length)
}
