//! What a logout token says (OpenID Connect Back-Channel Logout §2.4), and how it is verified (§2.6).

use super::provider::{Client, Person};
use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
};
use openidconnect::{
    AdditionalClaims, ClaimsVerificationError, IdToken, IdTokenVerifier, JsonWebTokenType, Nonce, SubjectIdentifier,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The member of `events` that makes a token a logout token.
pub(super) const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The claims about a session, beside what the library knows: `sid` in both kinds of token, `events` in one.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct SessionClaims {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) events: Option<HashMap<String, serde_json::Map<String, serde_json::Value>>>,
}

impl AdditionalClaims for SessionClaims {}

/// An ID token or a logout token: both are claims of the same issuer for the same audience, signed by the same keys.
pub(super) type SessionToken =
    IdToken<SessionClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// Whose log-in ended.
pub(super) struct Ended {
    subject: SubjectIdentifier,
    /// Which one; without it, all of them.
    sid: Option<String>,
}

impl Ended {
    /// Whether the session of `person` is one of them.
    pub(super) fn covers(&self, person: &Person) -> bool {
        self.subject == person.subject && (self.sid.is_none() || self.sid == person.sid)
    }
}

/// Issuer, audience, signature and time as of an ID token; then that it is no ID token. `None` when it is genuine but
/// tells of no log-out.
pub(super) fn verify(
    client: &Client,
    token: &SessionToken,
    now: DateTime<Utc>,
) -> Result<Option<Ended>, ClaimsVerificationError> {
    let kind = JsonWebTokenType::new("logout+jwt".to_owned()).normalize();
    let verifier: IdTokenVerifier<'_, CoreJsonWebKey> =
        client.id_token_verifier().set_time_fn(move || now).set_allowed_jose_types(kind);
    let no_nonce = |nonce: Option<&Nonce>| match nonce {
        None => Ok(()),
        Some(_) => Err("a logout token has no nonce".to_owned()),
    };
    let claims = token.claims(&verifier, no_nonce)?;
    let SessionClaims { sid, events } = claims.additional_claims();
    let is_log_out = events.as_ref().is_some_and(|events| events.contains_key(EVENT));
    Ok(is_log_out.then(|| Ended { subject: claims.subject().clone(), sid: sid.clone() }))
}
