//! What can go wrong with keys and tokens, as far as a caller can act upon it.
//!
//! No message repeats what a stranger sent, so each may be logged as it is.

use thiserror::Error;

/// A name that is not one of the algorithms of that kind (the `ALL` of each enum).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not an algorithm that is supported")]
pub struct UnknownAlgorithm;

/// Why a token was not verified.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VerifyError {
    /// Not a compact JWS with a JSON object for its header and claims, too large, or with a `crit` header
    /// (RFC 7515 §5.2, §4.1.11).
    #[error("the token is not a well-formed signed JWT")]
    Malformed,
    /// `alg` is unknown, not among those allowed here, or not what the named key is for.
    #[error("the token is signed with an algorithm that is not accepted here")]
    UnsupportedAlgorithm,
    /// No key answers to this token. A caller with a `jwks_uri` may fetch it anew and try once more.
    #[error("no key of the key set fits the token")]
    UnknownKey {
        /// The `kid` the token asked for, exactly as it was sent.
        kid: Option<String>,
    },
    /// A key fits, and the signature is not its own.
    #[error("the signature of the token is wrong")]
    BadSignature,
}

/// An encrypted token cannot be read. There is one such error and no more, since telling the causes apart is what lets
/// forgers guess their way (RFC 7516 §11.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the token cannot be decrypted")]
pub struct DecryptError;

/// A token cannot be encrypted to this key: it is no valid key, or the cryptographic library failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("nothing can be encrypted to this key")]
pub struct EncryptError;

/// Why a private key could not be made, read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// The bytes are not a PKCS#8 private key for that algorithm.
    #[error("the bytes are not a private key for this algorithm")]
    Rejected,
    /// The key is readable, but it is another one than its name says.
    #[error("the key does not have the thumbprint that its kid says")]
    KidMismatch,
    /// The cryptographic library failed (out of memory or of entropy).
    #[error("the cryptographic library failed")]
    Cryptography,
}

/// Why a token could not be signed.
#[derive(Debug, Error)]
pub enum SignError {
    /// The claims have no JSON form.
    #[error("the claims cannot be written as JSON")]
    Claims(#[source] serde_json::Error),
    /// The cryptographic library failed.
    #[error("the cryptographic library failed")]
    Cryptography,
}

/// Why a JWK cannot verify signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum JwkError {
    /// Not a JWK, or its members are not the public key they should be (RFC 7517 §4, RFC 7518 §6).
    #[error("not a well-formed public JWK")]
    Malformed,
    /// A key type, curve, size, algorithm or use that we do not verify with.
    #[error("a key that is not for signatures that are supported")]
    Unsupported,
    /// The key carries its private half: whoever could read it can sign, so its signatures prove nothing.
    #[error("a JWK that contains private key material")]
    Private,
}

/// Why a document is not a JWK set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeySetError {
    /// Not a JSON object with an array `keys` (RFC 7517 §5).
    #[error("not a JWK set: a JSON object with an array \"keys\" is needed")]
    Malformed,
    /// More than [`crate::MAX_KEYS`] keys.
    #[error("a JWK set may have at most {} keys", crate::MAX_KEYS)]
    TooManyKeys,
}
