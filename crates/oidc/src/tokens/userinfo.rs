//! Userinfo (OpenID Connect Core §5.3, §5.4, §5.5): as JSON, or signed and encrypted as the client registered (§5.3.2).

use super::recipient::{NESTED, Recipient};
use super::subject::subject;
use super::{TokenError, access, personal, refuse, store};
use crate::{Client, Provider, grants};
use account::api_token::ApiSecret;
use protocol::ErrorCode;
use protocol::scope::OPENID;
use serde_json::{Map, Value};

/// An answer of the endpoint.
#[derive(Debug, Clone, PartialEq)]
pub enum UserInfo {
    /// `application/json`.
    Json(Map<String, Value>),
    /// `application/jwt`.
    Jwt(String),
}

/// What an access token opens, or a person's own API token.
///
/// # Errors
/// `invalid_token` when the token is no good here, `insufficient_scope` when it is not about a person, `invalid_request`
/// when the client wants it encrypted and has no key for that.
pub async fn answer(provider: &Provider, token: &str) -> Result<UserInfo, TokenError> {
    if ApiSecret::looks_like(token) {
        return personal::claims(provider, token).await;
    }
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
    let recipient = Recipient::of_userinfo(provider, &client).await?;
    let read = provider.accounts.read(move |conn| {
        let person = store::person(conn, &person)?;
        Ok((person, grants::store::asked(conn, &gid)?))
    });
    let (Some(person), (asked, locales)) = read.await? else { return Err(invalid()) };
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), subject(&client, &person.id).into());
    person.add_all(&mut claims, &provider.issuer, token.scope.claims(), locales.as_deref());
    person.add_asked(&mut claims, &provider.issuer, &asked.userinfo, locales.as_deref());
    wrapped(provider, &client, claims, recipient.as_ref())
}

/// Signed, then encrypted (§5.3.2). A signed answer says who made it and for whom.
fn wrapped(
    provider: &Provider,
    client: &Client,
    mut claims: Map<String, Value>,
    recipient: Option<&Recipient>,
) -> Result<UserInfo, TokenError> {
    let signed = match client.userinfo_signed_response_alg {
        None => None,
        Some(algorithm) => {
            claims.insert("iss".to_owned(), provider.issuer.as_str().into());
            claims.insert("aud".to_owned(), client.client_id.as_str().into());
            let keys = provider.keys.current();
            let key = keys.signer(algorithm, provider.accounts.now()).ok_or(TokenError::NoKey(algorithm))?;
            Some(key.sign_compact(Some(NESTED), &claims)?)
        }
    };
    Ok(match (signed, recipient) {
        (None, None) => UserInfo::Json(claims),
        (Some(signed), None) => UserInfo::Jwt(signed),
        (Some(signed), Some(recipient)) => UserInfo::Jwt(recipient.seal(Some(NESTED), &signed)?),
        (None, Some(recipient)) => UserInfo::Jwt(recipient.seal(None, &Value::Object(claims).to_string())?),
    })
}
