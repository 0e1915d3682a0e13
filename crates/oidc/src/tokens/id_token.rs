//! ID tokens (OpenID Connect Core §2, §3.1.3.6, §12.2).

use super::subject::subject;
use super::{Authorized, TokenError};
use crate::{Client, Provider};
use account::session::{Amr, LoginId};
use jose::half_hash;
use serde::Serialize;
use serde_json::{Map, Value};

#[derive(Serialize)]
struct IdToken<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    exp: i64,
    iat: i64,
    auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
    acr: &'a str,
    amr: &'a [Amr],
    at_hash: String,
    sid: &'a LoginId,
    /// Claims about the person, only those that `claims.id_token` asked for (§5.5).
    #[serde(flatten)]
    asked: Map<String, Value>,
}

/// Claims of the token itself, which a request for claims neither adds nor changes.
const OWN: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "jti",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "at_hash",
    "c_hash",
    "sid",
];

/// Signs the ID token that goes with an access token. There is one audience, the client, so `azp` is left out (§2).
pub(super) fn make(
    provider: &Provider,
    client: &Client,
    authorized: &Authorized,
    access_token: &str,
) -> Result<String, TokenError> {
    let algorithm = client.id_token_signed_response_alg;
    let (grant, now) = (&authorized.grant, authorized.now);
    let mut asked = Map::new();
    if let (Some(claims), Some(person)) = (&grant.claims, &authorized.person) {
        person.add_asked(&mut asked, &provider.issuer, client, &grant.scope, &claims.id_token);
        asked.retain(|name, _| !OWN.contains(&name.as_str()));
    }
    let token = IdToken {
        iss: &provider.issuer,
        sub: &subject(client, &grant.account_id),
        aud: &client.client_id,
        exp: now.as_seconds() + provider.settings.id_token_seconds,
        iat: now.as_seconds(),
        auth_time: grant.auth_time.as_seconds(),
        nonce: authorized.nonce.as_deref(),
        acr: grant.acr.as_str(),
        amr: &grant.amr,
        at_hash: half_hash(algorithm, access_token),
        sid: &grant.login_id,
        asked,
    };
    let keys = provider.keys.current();
    let key = keys.signer(algorithm, now).ok_or(TokenError::NoKey(algorithm))?;
    Ok(key.sign_compact(Some("JWT"), &token)?)
}
