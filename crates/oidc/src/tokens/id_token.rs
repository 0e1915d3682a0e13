//! ID tokens (OpenID Connect Core §2, §3.1.3.6, §3.2.2.10, §3.3.2.11, §12.2).

use super::recipient::NESTED;
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
    #[serde(skip_serializing_if = "Option::is_none")]
    at_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    c_hash: Option<String>,
    sid: &'a LoginId,
    /// Claims about the person: see [`about`].
    #[serde(flatten)]
    about: Map<String, Value>,
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

/// What an ID token is issued together with.
pub(super) struct Beside<'a> {
    /// The access token of the same answer.
    pub access_token: Option<&'a str>,
    /// The code of the same answer.
    pub code: Option<&'a str>,
}

/// Claims about the person: those that `claims.id_token` asked for (§5.5), and those of the scope only where neither
/// access token nor code will ever fetch them (§5.4).
fn about(provider: &Provider, authorized: &Authorized, beside: &Beside<'_>) -> Map<String, Value> {
    let mut about = Map::new();
    let (grant, Some(person)) = (&authorized.grant, &authorized.person) else { return about };
    let locales = grant.claims_locales.as_deref();
    if beside.access_token.is_none() && beside.code.is_none() {
        person.add_all(&mut about, &provider.issuer, grant.scope.claims(), locales);
    }
    if let Some(claims) = &grant.claims {
        person.add_asked(&mut about, &provider.issuer, &claims.id_token, locales);
    }
    about.retain(|name, _| !OWN.contains(&name.as_str()));
    about
}

/// Signs the ID token that goes with what is `beside` it, and encrypts it to a client that wants that (§10.2). There is one audience, the client, so `azp` is left out (§2).
pub(super) fn make(
    provider: &Provider,
    client: &Client,
    authorized: &Authorized,
    beside: &Beside<'_>,
) -> Result<String, TokenError> {
    let algorithm = client.id_token_signed_response_alg;
    let (grant, now) = (&authorized.grant, authorized.now);
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
        at_hash: beside.access_token.map(|token| half_hash(algorithm, token)),
        c_hash: beside.code.map(|code| half_hash(algorithm, code)),
        sid: &grant.login_id,
        about: about(provider, authorized, beside),
    };
    let keys = provider.keys.current();
    let key = keys.signer(algorithm, now).ok_or(TokenError::NoKey(algorithm))?;
    let signed = key.sign_compact(Some("JWT"), &token)?;
    match &authorized.recipient {
        Some(recipient) => recipient.seal(Some(NESTED), &signed),
        None => Ok(signed),
    }
}
