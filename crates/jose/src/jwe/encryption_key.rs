//! A client's public key that we encrypt to.

use std::fmt;

use aws_lc_rs::agreement::PrivateKey as AgreementKey;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::{OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_lc_rs::signature::RsaPublicKeyComponents;
use base64::Engine;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::agreement::{Curve, Parties, agree, wrap};
use super::{ContentEncryption, KeyKind, KeyManagement};
use crate::BASE64;
use crate::error::{EncryptError, JwkError};
use crate::public_key::{PRIVATE_MEMBERS, rsa_components};

/// A public key of a client's, for one algorithm.
#[derive(Clone)]
pub struct EncryptionKey {
    algorithm: KeyManagement,
    kid: Option<String>,
    public: Public,
}

#[derive(Clone)]
enum Public {
    Rsa(PublicEncryptingKey),
    Curve(Curve, Vec<u8>),
}

impl EncryptionKey {
    /// Reads one public JWK.
    ///
    /// # Errors
    /// See [`JwkError`]; a key with its private half is refused, whoever it belongs to.
    pub fn from_jwk(jwk: &Value, algorithm: KeyManagement) -> Result<Self, JwkError> {
        let jwk = jwk.as_object().ok_or(JwkError::Malformed)?;
        if PRIVATE_MEMBERS.iter().any(|name| jwk.contains_key(*name)) {
            return Err(JwkError::Private);
        }
        if !is_for(jwk, algorithm)? {
            return Err(JwkError::Unsupported);
        }
        let public = match KeyKind::of(algorithm) {
            KeyKind::Rsa => {
                if text(jwk, "kty")? != Some("RSA") {
                    return Err(JwkError::Unsupported);
                }
                let member = |name| {
                    let text = text(jwk, name)?.ok_or(JwkError::Malformed)?;
                    BASE64.decode(text).map_err(|_| JwkError::Malformed)
                };
                let (modulus, exponent) = (member("n")?, member("e")?);
                let (n, e) = rsa_components(&modulus, &exponent)?;
                let key = RsaPublicKeyComponents { n, e }.try_into().map_err(|_| JwkError::Malformed)?;
                Public::Rsa(key)
            }
            KeyKind::P256 => {
                let curve = Curve::of(jwk).ok_or(JwkError::Unsupported)?;
                Public::Curve(curve, curve.point(jwk).ok_or(JwkError::Malformed)?)
            }
        };
        Ok(Self { algorithm, kid: text(jwk, "kid")?.map(str::to_owned), public })
    }

    /// Encrypts a text as a compact JWE (RFC 7516 §5.1). `cty` is `JWT` for a nested token (RFC 7519 §5.2).
    ///
    /// # Errors
    /// When the key is none (a point that is not on its curve), or when the library fails.
    pub fn encrypt(
        &self,
        encryption: ContentEncryption,
        cty: Option<&str>,
        content: &str,
    ) -> Result<String, EncryptError> {
        self.seal(encryption, cty, content.as_bytes()).map_err(|_| EncryptError)
    }

    fn seal(&self, encryption: ContentEncryption, cty: Option<&str>, content: &[u8]) -> Result<String, Unspecified> {
        let mut header = json!({ "alg": self.algorithm, "enc": encryption });
        for (name, value) in [("kid", self.kid.as_deref()), ("cty", cty)] {
            if let Some(value) = value {
                header[name] = value.into();
            }
        }
        let (content_key, encrypted_key) = self.content_key(encryption, &mut header)?;
        let mut token = BASE64.encode(header.to_string());
        let sealed = encryption.seal(&content_key, token.as_bytes(), content)?;
        for part in [&encrypted_key, &sealed.iv, &sealed.ciphertext, &sealed.tag] {
            token.push('.');
            BASE64.encode_string(part, &mut token);
        }
        Ok(token)
    }

    /// A key for one content, and the same as only the recipient can read it.
    fn content_key(
        &self,
        encryption: ContentEncryption,
        header: &mut Value,
    ) -> Result<(Zeroizing<Vec<u8>>, Vec<u8>), Unspecified> {
        match &self.public {
            Public::Rsa(key) => {
                let oaep = match self.algorithm {
                    KeyManagement::RsaOaep => &OAEP_SHA1_MGF1SHA1,
                    _ => &OAEP_SHA256_MGF1SHA256,
                };
                let (content_key, key) = (encryption.random_key()?, OaepPublicEncryptingKey::new(key.clone())?);
                let mut encrypted = vec![0; key.ciphertext_size()];
                let length = key.encrypt(oaep, &content_key, &mut encrypted, None)?.len();
                encrypted.truncate(length);
                Ok((content_key, encrypted))
            }
            Public::Curve(curve, theirs) => {
                let ephemeral = AgreementKey::generate(curve.algorithm())?;
                let public = ephemeral.compute_public_key()?;
                header["epk"] = curve.jwk(public.as_ref()).ok_or(Unspecified)?;
                let agreed = agree(&ephemeral, theirs, self.algorithm, encryption, Parties::default())?;
                if self.algorithm == KeyManagement::EcdhEs {
                    return Ok((agreed, Vec::new()));
                }
                let content_key = encryption.random_key()?;
                let wrapped = wrap(&agreed, &content_key)?;
                Ok((content_key, wrapped))
            }
        }
    }
}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptionKey")
            .field("algorithm", &self.algorithm)
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// Whether what the key says about itself allows it (RFC 7517 §4.2 to §4.4).
fn is_for(jwk: &Map<String, Value>, algorithm: KeyManagement) -> Result<bool, JwkError> {
    let operation = |operations: &Value| {
        let named =
            |operation: &Value| matches!(operation.as_str(), Some("encrypt" | "wrapKey" | "deriveKey" | "deriveBits"));
        operations.as_array().map(|all| all.iter().any(named)).ok_or(JwkError::Malformed)
    };
    let used = text(jwk, "use")?.is_none_or(|usage| usage == "enc");
    let named = text(jwk, "alg")?.is_none_or(|name| name == algorithm.as_str());
    Ok(used && named && jwk.get("key_ops").map_or(Ok(true), operation)?)
}

fn text<'a>(jwk: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, JwkError> {
    jwk.get(name).map(|value| value.as_str().ok_or(JwkError::Malformed)).transpose()
}
