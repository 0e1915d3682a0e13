//! Signed and encrypted tokens and their keys: the only crate that knows JOSE (RFC 7515 to 7518, 7638, 8037).
//!
//! - [`PrivateKey`] makes compact JWTs; it is parsed once and kept.
//! - [`KeySet`] verifies them, with our own keys or with a client's `jwks`.
//! - [`Verified`] is what a good token said. [`Unverified`] is what any token claims, for finding whose keys to ask.
//! - [`EncryptionKey`] encrypts to a client. [`DecryptionKeys`] reads what was encrypted to us.
//! - [`MacKey`] verifies what a client signed with a secret that it shares with us.
//! - [`thumbprint`] names keys; [`half_hash`] makes `at_hash` and `c_hash`.
//!
//! Formats come from josekit, the arithmetic from AWS-LC: its RSA and Ed25519 are several times faster than the
//! OpenSSL that josekit would use. What the claims mean (issuer, audience, times) is the business of the caller.

mod algorithm;
mod error;
mod hash;
mod jwe;
mod jws;
mod key;
mod key_set;
mod mac;
mod public_key;
mod thumbprint;

pub use algorithm::SigningAlgorithm;
pub use error::{
    DecryptError, EncryptError, JwkError, KeyError, KeySetError, SignError, UnknownAlgorithm, VerifyError,
};
pub use hash::half_hash;
pub use jwe::{ContentEncryption, Decrypted, DecryptionKey, DecryptionKeys, EncryptionKey, KeyKind, KeyManagement};
pub use jws::{Header, MAX_TOKEN_BYTES, Unverified, Verified};
pub use key::PrivateKey;
pub use key_set::{KeySet, MAX_KEYS};
pub use mac::{MacAlgorithm, MacKey};
pub use thumbprint::thumbprint;

use base64::engine::general_purpose::{GeneralPurpose, URL_SAFE_NO_PAD};

/// The base64url of JOSE: no padding, and stray bits at the end are refused, so one value has one spelling (RFC 7515 §2).
pub(crate) const BASE64: GeneralPurpose = URL_SAFE_NO_PAD;
