//! From a JWK to a key that verifies, parsed once.

use std::fmt;

use aws_lc_rs::signature::{self, ParsedPublicKey, RsaParameters, RsaPublicKeyComponents};
use base64::Engine;
use josekit::jwk::Jwk;
use serde_json::Value;

use crate::BASE64;
use crate::algorithm::SigningAlgorithm;
use crate::error::JwkError;

/// Members that only a private or a shared key has (RFC 7518 §6.2.2, §6.3.2, §6.4.1).
pub(crate) const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Sizes of RSA modulus we verify with, in bits: less is weak, more is a way to make us slow.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// A public key for one algorithm.
#[derive(Clone)]
pub(crate) struct VerifyingKey {
    /// Its name in the key set, if it has one.
    pub(crate) kid: Option<String>,
    /// The only algorithm it verifies.
    pub(crate) algorithm: SigningAlgorithm,
    key: ParsedPublicKey,
}

impl VerifyingKey {
    /// Whether `signature` is this key's on `message`.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.key.verify_sig(message, signature).is_ok()
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// The keys that a public JWK stands for: one for each algorithm it may be used with. An RSA key that does not name
/// its `alg` may be used with two.
pub(crate) fn verifying_keys(jwk: &Value) -> Result<Vec<VerifyingKey>, JwkError> {
    let members = jwk.as_object().ok_or(JwkError::Malformed)?;
    // First of all, so that not even a key we could not use goes on as if nothing were wrong with it.
    if PRIVATE_MEMBERS.iter().any(|name| members.contains_key(*name)) {
        return Err(JwkError::Private);
    }
    let jwk = Jwk::from_map(members.clone()).map_err(|_| JwkError::Malformed)?;
    if jwk.key_use().is_some_and(|usage| usage != "sig") || !jwk.is_for_key_operation("verify") {
        return Err(JwkError::Unsupported);
    }

    let algorithms = algorithms_of(&jwk)?;
    let parse = |algorithm: &SigningAlgorithm| {
        let key = match algorithm {
            SigningAlgorithm::Rs256 => rsa(&jwk, &signature::RSA_PKCS1_2048_8192_SHA256),
            SigningAlgorithm::Ps256 => rsa(&jwk, &signature::RSA_PSS_2048_8192_SHA256),
            SigningAlgorithm::Es256 => p256(&jwk),
            SigningAlgorithm::EdDsa => ed25519(&jwk),
        }?;
        Ok(VerifyingKey { kid: jwk.key_id().map(str::to_owned), algorithm: *algorithm, key })
    };
    algorithms.iter().map(parse).collect()
}

/// What the key's type and curve allow, narrowed by its `alg` if it has one.
fn algorithms_of(jwk: &Jwk) -> Result<Vec<SigningAlgorithm>, JwkError> {
    let possible: &[SigningAlgorithm] = match (jwk.key_type(), jwk.curve()) {
        ("RSA", _) => &[SigningAlgorithm::Rs256, SigningAlgorithm::Ps256],
        ("EC", Some("P-256")) => &[SigningAlgorithm::Es256],
        ("OKP", Some("Ed25519")) => &[SigningAlgorithm::EdDsa],
        _ => return Err(JwkError::Unsupported),
    };
    let named = |algorithm: &&SigningAlgorithm| jwk.algorithm().is_none_or(|name| name == algorithm.as_str());
    let algorithms: Vec<_> = possible.iter().filter(named).copied().collect();
    if algorithms.is_empty() { Err(JwkError::Unsupported) } else { Ok(algorithms) }
}

fn rsa(jwk: &Jwk, parameters: &'static RsaParameters) -> Result<ParsedPublicKey, JwkError> {
    let (modulus, exponent) = (member(jwk, "n")?, member(jwk, "e")?);
    let (n, e) = rsa_components(&modulus, &exponent)?;
    RsaPublicKeyComponents { n, e }.to_parsed_public_key(parameters).map_err(|_| JwkError::Malformed)
}

/// Modulus and exponent without leading zero bytes. Those are against the rule (`Base64urlUInt`, RFC 7518 §2), yet
/// common: some libraries write the sign byte of their big integers. They change nothing about the number.
///
/// # Errors
/// `Unsupported` when the modulus is of another size than we use.
pub(crate) fn rsa_components<'a>(modulus: &'a [u8], exponent: &'a [u8]) -> Result<(&'a [u8], &'a [u8]), JwkError> {
    let number = |bytes: &'a [u8]| &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
    let modulus = number(modulus);
    let first = modulus.first().ok_or(JwkError::Malformed)?;
    let bits = modulus.len() * 8 - first.leading_zeros() as usize;
    if RSA_BITS.contains(&bits) { Ok((modulus, number(exponent))) } else { Err(JwkError::Unsupported) }
}

fn p256(jwk: &Jwk) -> Result<ParsedPublicKey, JwkError> {
    let (x, y) = (member(jwk, "x")?, member(jwk, "y")?);
    if x.len() != 32 || y.len() != 32 {
        return Err(JwkError::Malformed);
    }
    // SEC 1 §2.3.3, the uncompressed point; AWS-LC checks that it lies on the curve.
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    ParsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point).map_err(|_| JwkError::Malformed)
}

fn ed25519(jwk: &Jwk) -> Result<ParsedPublicKey, JwkError> {
    let x = member(jwk, "x")?;
    // AWS-LC would take any other length for a key in X.509 form.
    if x.len() != 32 {
        return Err(JwkError::Malformed);
    }
    ParsedPublicKey::new(&signature::ED25519, x).map_err(|_| JwkError::Malformed)
}

fn member(jwk: &Jwk, name: &str) -> Result<Vec<u8>, JwkError> {
    let text = jwk.parameter(name).and_then(Value::as_str).ok_or(JwkError::Malformed)?;
    BASE64.decode(text).map_err(|_| JwkError::Malformed)
}
