//! A client's own keys, those it registered or those at its `jwks_uri`: to check what it signed (assertions and request
//! objects), and to encrypt to it.

use crate::Provider;
use crate::client::{Client, ClientKeys};
use jose::{EncryptionKey, KeyManagement, SigningAlgorithm, Verified, VerifyError};

/// Why it is not known to be the client's.
#[derive(Debug, thiserror::Error)]
pub enum NotByClient {
    /// The client registered no keys.
    #[error("the client has no keys")]
    NoKeys,
    /// They cannot be fetched at the moment.
    #[error("the keys at jwks_uri cannot be read")]
    Unreachable,
    /// They do not fit.
    #[error(transparent)]
    Verify(#[from] VerifyError),
}

/// Checks form and signature of a JWT that the client signed. Its keys are asked for anew when none fits: the client may
/// have rotated them since we looked, with another `kid`, the same or none (OpenID Connect Core §10.1.1).
///
/// # Errors
/// See [`NotByClient`].
pub async fn verify_signature(
    provider: &Provider,
    client: &Client,
    jwt: &str,
    allowed: &[SigningAlgorithm],
) -> Result<Verified, NotByClient> {
    let uri = match &client.keys {
        ClientKeys::None => return Err(NotByClient::NoKeys),
        ClientKeys::Inline(keys) => return Ok(keys.verify(jwt, allowed)?),
        ClientKeys::At(uri) => uri,
    };
    let (now, remote) = (provider.accounts.now(), provider.client_keys());
    let keys = remote.get(&provider.fetcher, uri, now).await.ok_or(NotByClient::Unreachable)?;
    match keys.verify(jwt, allowed) {
        Err(VerifyError::UnknownKey { .. } | VerifyError::BadSignature) => {
            let keys = remote.get_newer(&provider.fetcher, uri, now).await.ok_or(NotByClient::Unreachable)?;
            Ok(keys.verify(jwt, allowed)?)
        }
        verified => Ok(verified?),
    }
}

/// The client's key to encrypt to with this algorithm (OpenID Connect Core §10.2). Keys at an address are asked for anew
/// when none fits. `None`: there is no such key, or the address cannot be read at the moment.
pub async fn encryption_key(provider: &Provider, client: &Client, algorithm: KeyManagement) -> Option<EncryptionKey> {
    let uri = match &client.keys {
        ClientKeys::None => return None,
        ClientKeys::Inline(keys) => return keys.encryption_key(algorithm),
        ClientKeys::At(uri) => uri,
    };
    let (now, remote) = (provider.accounts.now(), provider.client_keys());
    match remote.get(&provider.fetcher, uri, now).await?.encryption_key(algorithm) {
        None => remote.get_newer(&provider.fetcher, uri, now).await?.encryption_key(algorithm),
        key => key,
    }
}
