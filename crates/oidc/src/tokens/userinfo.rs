//! The claims of userinfo (OpenID Connect Core §5.3, §5.4, §5.5).

use super::access;
use super::subject::subject;
use super::{TokenError, refuse, store};
use crate::{Provider, grants};
use protocol::ErrorCode;
use protocol::scope::OPENID;
use serde_json::{Map, Value};

/// The claims that an access token opens.
///
/// # Errors
/// `invalid_token` when the token is no good here, `insufficient_scope` when it is not about a person.
pub async fn answer(provider: &Provider, token: &str) -> Result<Map<String, Value>, TokenError> {
    let invalid = || refuse(ErrorCode::InvalidToken, "the access token is expired, revoked or not for this endpoint");
    let token = access::find_valid(provider, token).await?.ok_or_else(invalid)?;
    if token.aud != provider.issuer {
        return Err(invalid());
    }
    let Some(client) = provider.clients.find(&token.client_id) else { return Err(invalid()) };
    let person = token.account(&client).filter(|_| token.scope.contains(OPENID));
    let (Some(person), Some(gid)) = (person, token.gid.clone()) else {
        return Err(refuse(ErrorCode::InsufficientScope, "the access token needs the scope openid"));
    };
    let read = provider.accounts.read(move |conn| {
        let person = store::person(conn, &person)?;
        Ok((person, grants::store::asked(conn, &gid)?))
    });
    let (Some(person), (asked, locales)) = read.await? else { return Err(invalid()) };
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), subject(&client, &person.id).into());
    person.add_all(&mut claims, &provider.issuer, token.scope.claims(), locales.as_deref());
    person.add_asked(&mut claims, &provider.issuer, &asked.userinfo, locales.as_deref());
    Ok(claims)
}
