//! Request objects (OpenID Connect Core §6; RFC 9101): the parameters of an authorization request as a JWT that the client
//! signed.
//!
//! [`unfold`] turns a request with such an object into the request that it means, before anything of it is judged: what the
//! object says is checked like anything else, its redirect URI above all. An object that says by its `typ` that it is one
//! of RFC 9101, or whose client always signs, is the whole request (RFC 9101 §6.3); of any other, the query supplies what
//! it leaves out (OpenID Connect Core §6.1).
//!
//! An object may be encrypted to one of our keys. That says nothing about who wrote it, so a signed one has to be inside.
//! Unsigned objects (`none`) are refused: anybody could have written one, and what they say can be said openly.

mod by_reference;
mod claims;
#[cfg(test)]
mod tests;

pub(crate) use by_reference::without_fragment;

use crate::Provider;
use crate::authorize::{RawRequest, Rejection, pipeline};
use crate::client::Client;
use crate::client::authentication::{NotByClient, verify_signature};
use jose::{ContentEncryption, KeyManagement, SigningAlgorithm, VerifyError};
use protocol::{AuthorizationRequest, ErrorCode, OAuthError, REQUEST_OBJECT_TYPE, ResponseType};
use std::slice;

const HOW_TO_MEND: &str = "Send a request object that the product signed with a key that it registered (jwks or jwks_uri), \
                           and beside it the client_id, response_type and redirect_uri.";

/// The request that is meant: as sent, or what its request object says.
///
/// # Errors
/// The client hears of a wrong object if what was sent openly names a redirect URI of its own, and else the person.
pub async fn unfold(provider: &Provider, raw: RawRequest) -> Result<RawRequest, Rejection> {
    // A parameter sent twice is refused whatever else is there, and must not get lost on the way to that check.
    if raw.duplicate.is_some() {
        return Ok(raw);
    }
    if let Some(client_id) = &raw.request.client_id {
        provider.clients.meet(&provider.accounts, client_id).await;
    }
    let client = pipeline::client(&raw, &provider.clients)?;
    let sent = &raw.request;
    let meant = match (&sent.request, &sent.request_uri) {
        (None, None) if client.require_signed_request_object => Err(invalid_request(
            "this client must send its requests as signed request objects (request or request_uri)",
        )),
        (None, None) => return Ok(raw),
        (Some(_), Some(_)) => Err(invalid_request("request and request_uri are both there; send one of them")),
        (Some(object), None) => read(provider, &client, sent, object).await,
        (None, Some(uri)) => match by_reference::fetch(provider, &client, uri).await {
            Ok(object) => read(provider, &client, sent, &object).await,
            Err(error) => Err(error),
        },
    };
    match meant {
        Ok(meant) => Ok(meant.into()),
        Err(error) => Err(pipeline::refuse(&raw, &client, error, HOW_TO_MEND)),
    }
}

/// Reads an object and puts it together with what was sent beside it.
async fn read(
    provider: &Provider,
    client: &Client,
    sent: &AuthorizationRequest,
    object: &str,
) -> Result<AuthorizationRequest, OAuthError> {
    let decrypted = if is_encrypted(object) { Some(decrypt(provider, object).await?) } else { None };
    let object = decrypted.as_deref().unwrap_or(object);
    let registered = client.request_object_signing_alg.as_ref();
    let allowed = registered.map_or(&SigningAlgorithm::ALL[..], slice::from_ref);
    let verified =
        verify_signature(provider, client, object, allowed).await.map_err(|why| not_signed(&why, allowed))?;
    let of_rfc_9101 = verified.header.is_type(REQUEST_OBJECT_TYPE);
    if verified.header.typ.is_some() && !of_rfc_9101 && !verified.header.is_type("JWT") {
        return Err(wrong("its typ says that it is another kind of JWT"));
    }
    let now = provider.accounts.now();
    claims::judge(&verified.claims, &client.client_id, &provider.issuer, now).map_err(|why| wrong(&why))?;
    let inside = AuthorizationRequest::from_object(&verified.claims).map_err(|why| wrong(&why.to_string()))?;
    if inside.request.is_some() || inside.request_uri.is_some() {
        return Err(wrong("it must not contain request or request_uri itself"));
    }
    if inside.client_id.as_ref().is_some_and(|inside| *inside != client.client_id) {
        return Err(wrong("its client_id is not the one in the query"));
    }
    let whole = of_rfc_9101 || client.require_signed_request_object;
    match (&sent.response_type, &inside.response_type) {
        (None, _) if !whole => {
            return Err(invalid_request("response_type is missing: it must stand beside the request object too"));
        }
        (Some(outside), Some(inside)) if !same_type(outside, inside) => {
            return Err(wrong("its response_type is not the one in the query"));
        }
        _ => {}
    }
    let named = AuthorizationRequest { client_id: sent.client_id.clone(), ..AuthorizationRequest::default() };
    let outside = AuthorizationRequest { request: None, request_uri: None, ..sent.clone() };
    Ok(inside.or(if whole { named } else { outside }))
}

/// Five parts make a JWE, three a JWS (RFC 7516 §9).
fn is_encrypted(object: &str) -> bool {
    object.bytes().filter(|byte| *byte == b'.').count() == 4
}

/// What was encrypted to us: with any algorithm that is offered, whichever the client declared (OpenID Connect Registration
/// §2, `request_object_encryption_alg`).
async fn decrypt(provider: &Provider, object: &str) -> Result<String, OAuthError> {
    // The key may be one that another node published a moment ago.
    let keys = provider.keys.published().await;
    let decrypted = keys.decrypting().decrypt(object, &KeyManagement::ALL, &ContentEncryption::ALL);
    decrypted.map(|decrypted| decrypted.content).map_err(|_| wrong("it cannot be decrypted by any key of ours"))
}

/// Whether two texts name one response type, whatever the order of its words.
fn same_type(one: &str, other: &str) -> bool {
    let parse = |text: &str| text.parse::<ResponseType>().ok();
    one == other || parse(one).is_some_and(|one| parse(other) == Some(one))
}

fn not_signed(why: &NotByClient, allowed: &[SigningAlgorithm]) -> OAuthError {
    match why {
        NotByClient::NoKeys => wrong("the client has registered no keys to check its signature with"),
        NotByClient::Verify(VerifyError::UnsupportedAlgorithm) => {
            let names: Vec<_> = allowed.iter().map(|algorithm| algorithm.as_str()).collect();
            wrong(&format!("it must be signed, with {}", names.join(", ")))
        }
        other => wrong(&other.to_string()),
    }
}

fn wrong(why: &str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequestObject, format!("the request object cannot be used: {why}"))
}

fn invalid_request(description: &str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequest, description)
}
