//! Client authentication at the token, introspection and revocation endpoints (RFC 6749 §2.3, RFC 7523 §3, OpenID Connect
//! Core §9). A client uses the one method that it is registered with.
//!
//! Whatever goes wrong, the answer is the same; the log says which check failed.

mod assertion;
mod client_keys;
mod remote_keys;
mod store;
#[cfg(test)]
mod tests;

pub use client_keys::{NotByClient, encryption_key, verify_signature};
pub use remote_keys::RemoteKeys;

use super::Client;
use crate::Provider;
use crate::tokens::{TokenError, refuse};
use account::{Actor, secret};
use protocol::client_auth::BasicError;
use protocol::{BasicCredentials, ClientAuthMethod, ErrorCode, TokenRequest};
use std::sync::Arc;

/// What a request brings to prove whose it is.
#[derive(Clone, Copy)]
pub struct Presented<'a> {
    /// The header `Authorization`.
    pub authorization: Option<&'a str>,
    /// The form.
    pub request: &'a TokenRequest,
    /// The path of the endpoint that is asked: an assertion may name it as its audience.
    pub endpoint: &'a str,
}

/// The proof, by its method.
enum Proof<'a> {
    Basic(BasicCredentials),
    Post { client_id: &'a str, secret: &'a str },
    Assertion(&'a str),
    None { client_id: &'a str },
}

/// Finds out whose request it is.
///
/// # Errors
/// `invalid_request` when there are several proofs, `invalid_client` when there is none or it is wrong.
pub async fn authenticate(
    provider: &Provider,
    presented: Presented<'_>,
    circumstances: impl Fn() -> Actor,
) -> Result<Arc<Client>, TokenError> {
    let named = presented.request.client_id.as_deref();
    match proof(presented)? {
        Proof::Basic(credentials) => {
            if named.is_some_and(|named| named != credentials.client_id) {
                return Err(refuse(
                    ErrorCode::InvalidRequest,
                    "client_id is not the client of the Authorization header",
                ));
            }
            let method = ClientAuthMethod::ClientSecretBasic;
            by_secret(provider, &credentials.client_id, &credentials.client_secret, method).await
        }
        Proof::Post { client_id, secret } => {
            by_secret(provider, client_id, secret, ClientAuthMethod::ClientSecretPost).await
        }
        Proof::None { client_id } => {
            let client = provider.clients.meet(&provider.accounts, client_id).await.filter(|client| !client.disabled);
            let public = client.filter(|client| client.is_public());
            public.ok_or_else(|| failed(client_id, "no proof, and not a public client"))
        }
        Proof::Assertion(assertion) => {
            let client = assertion::verify(provider, assertion, presented.endpoint, &circumstances()).await?;
            if named.is_some_and(|named| named != client.client_id) {
                return Err(failed(&client.client_id, "client_id is not the client of the assertion"));
            }
            Ok(client)
        }
    }
}

/// Which method it is; more than one at once is an error (RFC 6749 §2.3).
fn proof(presented: Presented<'_>) -> Result<Proof<'_>, TokenError> {
    let request = presented.request;
    let several = || refuse(ErrorCode::InvalidRequest, "the client authenticates by more than one method");
    let basic = match presented.authorization.map(BasicCredentials::parse) {
        None => None,
        Some(Ok(credentials)) => Some(credentials),
        Some(Err(BasicError::NotBasic)) => return Err(failed("", "the Authorization header is not Basic")),
        Some(Err(BasicError::Malformed)) => return Err(failed("", "the Basic credentials are malformed")),
    };
    let assertion = request.client_assertion.is_some() || request.client_assertion_type.is_some();
    match (basic, &request.client_secret, assertion) {
        (Some(credentials), None, false) => Ok(Proof::Basic(credentials)),
        (None, Some(secret), false) => match &request.client_id {
            Some(client_id) => Ok(Proof::Post { client_id, secret }),
            None => Err(refuse(ErrorCode::InvalidRequest, "client_id is missing")),
        },
        (None, None, true) => assertion_of(request).map(Proof::Assertion),
        (None, None, false) => match &request.client_id {
            Some(client_id) => Ok(Proof::None { client_id }),
            None => Err(refuse(ErrorCode::InvalidClient, "the request does not say which client it comes from")),
        },
        _ => Err(several()),
    }
}

fn assertion_of(request: &TokenRequest) -> Result<&str, TokenError> {
    let kind = request.client_assertion_type.as_deref();
    if kind != Some(protocol::client_auth::JWT_BEARER_ASSERTION) {
        return Err(refuse(ErrorCode::InvalidRequest, "client_assertion_type is missing or not the one of RFC 7523"));
    }
    request.client_assertion.as_deref().ok_or_else(|| refuse(ErrorCode::InvalidRequest, "client_assertion is missing"))
}

/// Our secrets have 256 bits, so a plain hash is enough. An unknown client costs the same as a wrong secret.
async fn by_secret(
    provider: &Provider,
    client_id: &str,
    secret: &str,
    method: ClientAuthMethod,
) -> Result<Arc<Client>, TokenError> {
    let client = provider.clients.meet(&provider.accounts, client_id).await;
    let right = match &client {
        Some(client) => client.secret_matches(secret),
        None => secret::equal(&[0; 32], &secret::sha256(secret.as_bytes())),
    };
    match client {
        Some(client) if right && !client.disabled && client.token_endpoint_auth_method == method => Ok(client),
        Some(client) if right && client.disabled => Err(failed(client_id, "the client is disabled")),
        Some(_) if right => Err(failed(client_id, "the client is registered with another method")),
        Some(_) => Err(failed(client_id, "the secret is wrong")),
        None => Err(failed(client_id, "there is no such client")),
    }
}

/// The one answer to everything; `why` is for the log, where it stands under the request's id.
fn failed(client_id: &str, why: &str) -> TokenError {
    tracing::info!(client_id = ?client_id.chars().take(100).collect::<String>(), why, "a client was not authenticated");
    refuse(
        ErrorCode::InvalidClient,
        "client authentication failed: unknown client, wrong credentials, or not the method that it is registered with",
    )
}
