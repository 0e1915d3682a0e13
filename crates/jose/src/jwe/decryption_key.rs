//! Our own keys that others encrypt to: made, sealed away, read back, and used to decrypt.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use aws_lc_rs::agreement::{self, PrivateKey as AgreementKey};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::{
    KeySize, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey,
};
use aws_lc_rs::signature::RsaKeyPair;
use serde_json::Value;
use zeroize::Zeroizing;

use super::agreement::{Curve, Parties, agree, unwrap};
use super::compact::Compact;
use super::{ContentEncryption, KeyManagement};
use crate::error::{DecryptError, KeyError, UnknownAlgorithm};
use crate::key::rsa_public_members;
use crate::thumbprint::thumbprint;

/// The kinds of key that we let others encrypt to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// RSA of 2048 bits, for both kinds of OAEP.
    Rsa,
    /// The curve P-256, for each kind of ECDH-ES.
    P256,
}

impl KeyKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Rsa, Self::P256];

    /// The kind that an algorithm needs.
    pub const fn of(algorithm: KeyManagement) -> Self {
        match algorithm {
            KeyManagement::RsaOaep | KeyManagement::RsaOaep256 => Self::Rsa,
            KeyManagement::EcdhEs | KeyManagement::EcdhEsA128Kw | KeyManagement::EcdhEsA256Kw => Self::P256,
        }
    }

    /// Its name: what the key's algorithms have in common.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rsa => "RSA-OAEP",
            Self::P256 => "ECDH-ES",
        }
    }
}

impl FromStr for KeyKind {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or(UnknownAlgorithm)
    }
}

/// A private key of ours that others encrypt to. Parsed once and kept; its name is the RFC 7638 thumbprint. It does
/// not print, and the library clears its memory when it goes.
pub struct DecryptionKey {
    kind: KeyKind,
    kid: String,
    secret: Secret,
    public_jwk: Value,
}

enum Secret {
    Rsa { key: OaepPrivateDecryptingKey, pkcs8: Zeroizing<Vec<u8>> },
    P256(AgreementKey),
}

/// A token that was ours to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decrypted {
    /// How its key came.
    pub alg: KeyManagement,
    /// How its content was encrypted.
    pub enc: ContentEncryption,
    /// What the content is; `JWT` for a nested token (RFC 7519 §5.2).
    pub cty: Option<String>,
    /// The content. Anybody can encrypt to a public key: this says nothing about who wrote it.
    pub content: String,
}

impl DecryptionKey {
    /// Makes a new key. An RSA key takes some tenths of a second.
    ///
    /// # Errors
    /// `Cryptography` when the library fails.
    pub fn generate(kind: KeyKind) -> Result<Self, KeyError> {
        let pkcs8 = match kind {
            KeyKind::Rsa => PrivateDecryptingKey::generate(KeySize::Rsa2048).and_then(|key| pkcs8_of(&key)),
            KeyKind::P256 => AgreementKey::generate(&agreement::ECDH_P256).and_then(|key| pkcs8_of(&key)),
        };
        Self::read(kind, &pkcs8.map_err(|_| KeyError::Cryptography)?)
    }

    /// Reads a key back from what [`DecryptionKey::to_pkcs8`] gave.
    ///
    /// # Errors
    /// `Rejected` when the bytes are no key of that kind, `KidMismatch` when they are another key than `kid`.
    pub fn from_serialised(kind: KeyKind, kid: &str, pkcs8: &[u8]) -> Result<Self, KeyError> {
        let key = Self::read(kind, pkcs8)?;
        if key.kid == kid { Ok(key) } else { Err(KeyError::KidMismatch) }
    }

    fn read(kind: KeyKind, pkcs8: &[u8]) -> Result<Self, KeyError> {
        let (secret, members) = match kind {
            KeyKind::Rsa => {
                let pair = RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| KeyError::Rejected)?;
                let key = PrivateDecryptingKey::from_pkcs8(pkcs8).map_err(|_| KeyError::Rejected)?;
                let key = OaepPrivateDecryptingKey::new(key).map_err(|_| KeyError::Rejected)?;
                (Secret::Rsa { key, pkcs8: Zeroizing::new(pkcs8.to_vec()) }, rsa_public_members(&pair))
            }
            KeyKind::P256 => {
                let key =
                    AgreementKey::from_private_key_der(&agreement::ECDH_P256, pkcs8).map_err(|_| KeyError::Rejected)?;
                let public = key.compute_public_key().map_err(|_| KeyError::Rejected)?;
                (Secret::P256(key), Curve::P256.jwk(public.as_ref()))
            }
        };
        let mut public_jwk = members.ok_or(KeyError::Rejected)?;
        let kid = thumbprint(&public_jwk).ok_or(KeyError::Rejected)?;
        // No `alg`: each key serves several.
        public_jwk["use"] = "enc".into();
        public_jwk["kid"] = kid.as_str().into();
        Ok(Self { kind, kid, secret, public_jwk })
    }

    /// The private key as PKCS#8 (RFC 5208), to be sealed before it is stored. The memory is cleared when dropped.
    ///
    /// # Errors
    /// `Cryptography` when the library fails.
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        match &self.secret {
            Secret::Rsa { pkcs8, .. } => Ok(pkcs8.clone()),
            Secret::P256(key) => pkcs8_of(key).map_err(|_| KeyError::Cryptography),
        }
    }

    /// Its kind.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Its name: the SHA-256 thumbprint (RFC 7638).
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public half as it is published in our JWK set: `kty`, `use`, `kid` and the key.
    pub fn public_jwk(&self) -> &Value {
        &self.public_jwk
    }

    /// The content's key, when it was meant for this key.
    fn content_key(&self, token: &Compact<'_>) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
        let (algorithm, encryption) = (token.header.alg, token.header.enc);
        match &self.secret {
            Secret::Rsa { key, .. } => {
                let oaep = match algorithm {
                    KeyManagement::RsaOaep => &OAEP_SHA1_MGF1SHA1,
                    KeyManagement::RsaOaep256 => &OAEP_SHA256_MGF1SHA256,
                    _ => return Err(Unspecified),
                };
                if token.encrypted_key.len() != key.key_size_bytes() {
                    return Err(Unspecified);
                }
                let mut content_key = Zeroizing::new(vec![0; key.min_output_size()]);
                let length = key.decrypt(oaep, &token.encrypted_key, &mut content_key, None)?.len();
                content_key.truncate(length);
                if length == encryption.key_bytes() { Ok(content_key) } else { Err(Unspecified) }
            }
            Secret::P256(key) => {
                let ephemeral = token.header.epk.as_ref().ok_or(Unspecified)?;
                if Curve::of(ephemeral) != Some(Curve::P256) {
                    return Err(Unspecified);
                }
                let theirs = Curve::P256.point(ephemeral).ok_or(Unspecified)?;
                let parties = Parties { apu: &token.header.apu, apv: &token.header.apv };
                let agreed = agree(key, &theirs, algorithm, encryption, parties)?;
                match algorithm {
                    // There is nothing to wrap, and what is there nevertheless is not authenticated (RFC 7516 §5.2).
                    KeyManagement::EcdhEs if token.encrypted_key.is_empty() => Ok(agreed),
                    KeyManagement::EcdhEs => Err(Unspecified),
                    _ => unwrap(&agreed, &token.encrypted_key, encryption.key_bytes()),
                }
            }
        }
    }
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecryptionKey").field("kind", &self.kind).field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// Our keys that others encrypt to, the present ones and those that were published before. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct DecryptionKeys(Vec<Arc<DecryptionKey>>);

impl DecryptionKeys {
    /// From the keys, the one that is tried first in the first place.
    pub fn new(keys: Vec<Arc<DecryptionKey>>) -> Self {
        Self(keys)
    }

    /// Decrypts a token in compact form, if it uses what is allowed here (RFC 7516 §5.2). A `kid` decides which key it
    /// is; without one, each key of the right kind is tried.
    ///
    /// # Errors
    /// [`DecryptError`], which says nothing more, whatever was wrong. No input makes it panic.
    pub fn decrypt(
        &self,
        token: &str,
        algorithms: &[KeyManagement],
        encryptions: &[ContentEncryption],
    ) -> Result<Decrypted, DecryptError> {
        let token = Compact::parse(token)?;
        let (alg, enc) = (token.header.alg, token.header.enc);
        if !algorithms.contains(&alg) || !encryptions.contains(&enc) {
            return Err(DecryptError);
        }
        let fits = |key: &&Arc<DecryptionKey>| {
            key.kind == KeyKind::of(alg) && token.header.kid.as_deref().is_none_or(|kid| kid == key.kid)
        };
        for key in self.0.iter().filter(fits) {
            let random = enc.random_key().map_err(|_| DecryptError)?;
            let content_key = key.content_key(&token).unwrap_or(random);
            if let Ok(content) = enc.open(&content_key, token.aad, &token.iv, token.ciphertext.clone(), &token.tag) {
                let content = String::from_utf8(content).map_err(|_| DecryptError)?;
                return Ok(Decrypted { alg, enc, cty: token.header.cty, content });
            }
        }
        Err(DecryptError)
    }
}

fn pkcs8_of(key: &impl AsDer<Pkcs8V1Der<'static>>) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    // The library's document clears itself too.
    key.as_der().map(|der| Zeroizing::new(der.as_ref().to_vec()))
}
