//! An ID token that comes back to us as a hint: at the authorization endpoint (OpenID Connect Core §3.1.2.1) and at
//! log-out (RP-Initiated Logout §2). It may have expired; its signature and issuer must be ours.

use crate::authorize::Context;
use crate::tokens::subject;
use account::AccountId;
use account::session::LoginId;
use jose::{ContentEncryption, KeyManagement, SigningAlgorithm};
use serde::Deserialize;

/// What a hint proves: that we once told these clients about this log-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// Who was logged in.
    pub account: AccountId,
    /// The clients that it was issued to.
    pub audience: Vec<String>,
    /// Which log-in it was.
    pub login: Option<LoginId>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    /// Each ID token has it; a signed userinfo answer, which else looks alike, does not.
    #[serde(rename = "exp")]
    _exp: f64,
    #[serde(default)]
    sid: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// The algorithms that our ID tokens were ever signed with. `none` is not among them.
const ALGORITHMS: &[SigningAlgorithm] = &SigningAlgorithm::ALL;

/// Reads a hint. `None` when it is not an ID token of ours: another signature, another issuer, another kind of token (an
/// access token names its kind in `typ`). A client that got its ID token encrypted may encrypt the signed one within to us.
pub fn read(text: &str, context: &Context<'_>) -> Option<Hint> {
    let nested = match text.matches('.').count() {
        4 => Some(context.decrypting.decrypt(text, &KeyManagement::ALL, &ContentEncryption::ALL).ok()?.content),
        _ => None,
    };
    let verified = context.keys.verify(nested.as_deref().unwrap_or(text), ALGORITHMS).ok()?;
    if verified.header.typ.is_some() && !verified.header.is_type("JWT") {
        return None;
    }
    let claims: Claims = verified.claims_as().ok()?;
    if claims.iss != context.issuer {
        return None;
    }
    let audience = match claims.aud {
        Audience::One(one) => vec![one],
        Audience::Many(many) => many,
    };
    // Of a client that is gone only what every client would say can be read.
    let account = audience
        .iter()
        .filter_map(|id| context.clients.find(id))
        .find_map(|client| subject::account_of_signed(&client, &claims.sub))
        .or_else(|| AccountId::parse(&claims.sub))?;
    Some(Hint { account, audience, login: claims.sid.as_deref().and_then(LoginId::parse) })
}
