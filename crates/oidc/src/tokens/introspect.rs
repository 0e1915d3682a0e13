//! Introspection (RFC 7662): what a token is worth right now, told to those whom it concerns.

use super::access::{self, AccessToken};
use super::personal;
use super::subject::subject;
use crate::grants::{self, RefreshToken};
use crate::{Client, Provider};
use account::api_token::ApiSecret;
use protocol::IntrospectionResponse;
use serde_json::Value;

/// Answers a client that proved who it is. A token concerns the client it was issued to and the one that it names as its
/// audience; about any other, as about nonsense, it hears `active: false`. A person's own API token concerns the
/// installation's own products.
///
/// # Errors
/// When the database fails.
pub async fn answer(provider: &Provider, asker: &Client, token: &str) -> db::Result<IntrospectionResponse> {
    if ApiSecret::looks_like(token) {
        return personal::introspected(provider, asker, token).await;
    }
    // A JWT has dots and a refresh token has none; the hint of the request is not needed.
    if token.contains('.') {
        let found = access::find_valid(provider, token).await?;
        let concerned = |token: &AccessToken| token.client_id == asker.client_id || token.aud == asker.client_id;
        return Ok(found.filter(concerned).map_or_else(IntrospectionResponse::inactive, |token| of_access(&token)));
    }
    match RefreshToken::parse(token) {
        Some(token) => of_refresh(provider, asker, token).await,
        None => Ok(IntrospectionResponse::inactive()),
    }
}

fn of_access(token: &AccessToken) -> IntrospectionResponse {
    IntrospectionResponse {
        active: true,
        scope: (!token.scope.is_empty()).then(|| token.scope.to_string()),
        client_id: Some(token.client_id.clone()),
        token_type: Some("Bearer".to_owned()),
        exp: Some(token.exp),
        iat: Some(token.iat),
        sub: Some(token.sub.clone()),
        aud: Some(Value::String(token.aud.clone())),
        iss: Some(token.iss.clone()),
        jti: Some(token.jti.clone()),
        acr: token.acr.clone(),
        auth_time: token.auth_time,
        ..IntrospectionResponse::default()
    }
}

async fn of_refresh(provider: &Provider, asker: &Client, token: RefreshToken) -> db::Result<IntrospectionResponse> {
    let id = token.grant_id.clone();
    let found = provider.accounts.read(move |conn| grants::store::find(conn, &id)).await?;
    let Some((grant, ground)) = found else { return Ok(IntrospectionResponse::inactive()) };
    let good = grant.refresh_seed.as_deref().is_some_and(|seed| token.is_ours(&provider.accounts.key, seed))
        && grant.client_id == asker.client_id
        && grant.offline
        && grant.revoked_at.is_none()
        && ground.account_active
        && grant.refresh_generation == i64::from(token.generation)
        && grant.refresh_expires_at.is_some_and(|at| at > provider.accounts.now());
    if !good {
        return Ok(IntrospectionResponse::inactive());
    }
    Ok(IntrospectionResponse {
        active: true,
        scope: Some(grant.scope.to_string()),
        client_id: Some(grant.client_id),
        exp: grant.refresh_expires_at.map(|at| at.as_seconds()),
        iat: grant.refresh_rotated_at.or(grant.redeemed_at).map(|at| at.as_seconds()),
        sub: Some(subject(asker, &grant.account_id)),
        iss: Some(provider.issuer.clone()),
        acr: Some(grant.acr.as_str().to_owned()),
        auth_time: Some(grant.auth_time.as_seconds()),
        ..IntrospectionResponse::default()
    })
}
