//! A person's own API tokens as bearer tokens: at userinfo, and told about by introspection.
//!
//! No client stands between: such a token was issued to its owner, opens what its scopes say, and knows them by their
//! public subject. Its answer is plain JSON.

use super::subject::subject;
use super::userinfo::UserInfo;
use super::{TokenError, refuse, store};
use crate::{Client, Provider};
use account::Actor;
use account::api_token::{self, ApiSecret, ApiToken, TokenScope};
use protocol::{ErrorCode, IntrospectionResponse, Scope};
use serde_json::{Map, Value};

/// Judges an API token: what it is, if it is good at this moment. A use is noted every few minutes. What cannot have
/// been made here, by its checksum, costs no look into the database.
pub(super) async fn find_good(provider: &Provider, token: &str) -> db::Result<Option<ApiToken>> {
    let Some(secret) = ApiSecret::parse(token) else { return Ok(None) };
    let now = provider.accounts.now();
    let found = provider.accounts.read(move |conn| api_token::find_good(conn, &secret, now)).await?;
    if let Some(token) = found.as_ref().filter(|token| token.use_is_to_be_noted(now)) {
        let id = token.id.clone();
        let noted = provider.accounts.write(&Actor::system(), move |tx| api_token::note_use(tx, &id)).await;
        if let Err(error) = noted {
            tracing::warn!(%error, "the use of an API token could not be noted");
        }
    }
    Ok(found)
}

/// What an API token opens at userinfo.
pub(super) async fn claims(provider: &Provider, token: &str) -> Result<UserInfo, TokenError> {
    let invalid = || refuse(ErrorCode::InvalidToken, "the API token is expired, revoked or was never made");
    let token = find_good(provider, token).await?.ok_or_else(invalid)?;
    if !token.opens(TokenScope::OpenId) {
        return Err(refuse(ErrorCode::InsufficientScope, "the API token needs the scope openid"));
    }
    let id = token.account_id.clone();
    let person = provider.accounts.read(move |conn| store::person(conn, &id)).await?.ok_or_else(invalid)?;
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), person.id.as_str().into());
    let scope: Scope = token.scopes.iter().map(|scope| scope.as_str()).collect();
    person.add_all(&mut claims, &provider.issuer, scope.claims(), None);
    Ok(UserInfo::Json(claims))
}

/// What a client hears about an API token. Only the installation's own products may ask: a person gives the token to
/// programs of their choice, and what those call is ours. Others hear `active: false`.
pub(super) async fn introspected(
    provider: &Provider,
    asker: &Client,
    token: &str,
) -> db::Result<IntrospectionResponse> {
    if !asker.first_party {
        return Ok(IntrospectionResponse::inactive());
    }
    let Some(token) = find_good(provider, token).await? else { return Ok(IntrospectionResponse::inactive()) };
    Ok(IntrospectionResponse {
        active: true,
        scope: Some(token.scope()),
        token_type: Some("Bearer".to_owned()),
        exp: Some(token.expires_at.as_seconds()),
        iat: Some(token.created_at.as_seconds()),
        sub: Some(subject(asker, &token.account_id)),
        aud: Some(Value::String(provider.issuer.clone())),
        iss: Some(provider.issuer.clone()),
        jti: Some(token.id.to_string()),
        ..IntrospectionResponse::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scope_of_an_api_token_is_one_that_products_know() {
        for scope in TokenScope::ALL {
            assert!(protocol::scope::WELL_KNOWN.contains(&scope.as_str()), "{scope:?}");
        }
        assert_eq!(TokenScope::ALL.len() + 1, protocol::scope::WELL_KNOWN.len(), "all but offline_access");
    }
}
