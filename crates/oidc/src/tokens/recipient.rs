//! Whom a token or an answer is encrypted to (OpenID Connect Core §10.2).

use super::{TokenError, refuse};
use crate::client::Encryption;
use crate::client::authentication::encryption_key;
use crate::{Client, Provider};
use jose::{ContentEncryption, EncryptionKey};
use protocol::ErrorCode;

/// The media type of what is nested in it: a signed JWT (RFC 7519 §5.2).
pub(super) const NESTED: &str = "JWT";

/// A client's key, found before anything is spent: its keys may have to be fetched, and may not be there.
#[derive(Debug, Clone)]
pub struct Recipient {
    key: EncryptionKey,
    encryption: ContentEncryption,
}

impl Recipient {
    /// To whom the client's ID tokens go, if they are encrypted.
    ///
    /// # Errors
    /// `invalid_request` when the client has no key for what it registered, or its keys cannot be fetched: nothing is
    /// ever sent unencrypted instead.
    pub(crate) async fn of_id_tokens(provider: &Provider, client: &Client) -> Result<Option<Self>, TokenError> {
        Self::find(provider, client, client.id_token_encryption).await
    }

    /// To whom the client's userinfo goes, if it is encrypted.
    ///
    /// # Errors
    /// As [`Recipient::of_id_tokens`].
    pub(super) async fn of_userinfo(provider: &Provider, client: &Client) -> Result<Option<Self>, TokenError> {
        Self::find(provider, client, client.userinfo_encryption).await
    }

    async fn find(
        provider: &Provider,
        client: &Client,
        wanted: Option<Encryption>,
    ) -> Result<Option<Self>, TokenError> {
        let Some(Encryption { alg, enc }) = wanted else { return Ok(None) };
        match encryption_key(provider, client, alg).await {
            Some(key) => Ok(Some(Self { key, encryption: enc })),
            None => {
                tracing::info!(client_id = %client.client_id, %alg, "the client has no key to encrypt to");
                let sentence = format!("the keys of this client have none to encrypt to with {alg}");
                Err(refuse(ErrorCode::InvalidRequest, sentence))
            }
        }
    }

    /// Encrypts a signed JWT, or, without `cty`, plain JSON.
    pub(super) fn seal(&self, cty: Option<&str>, content: &str) -> Result<String, TokenError> {
        // A key that is none (a point beside its curve) shows only now.
        let unusable = |_| refuse(ErrorCode::InvalidRequest, "the key of this client cannot be encrypted to");
        self.key.encrypt(self.encryption, cty, content).map_err(unusable)
    }
}
