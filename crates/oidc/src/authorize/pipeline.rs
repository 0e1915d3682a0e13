//! The order in which an authorization request is checked.

use super::checks::{
    acr, claims, client, code_challenge, duplicates, hint, max_age, nonce, prompt, redirect_uri, response_mode,
    response_type, scope, unsupported,
};
use super::{Context, PageError, Parts, RawRequest, Rejection, ReplyTo, ValidatedRequest};
use crate::client::{Client, Registry};
use protocol::{ClaimsRequest, OAuthError, PromptSet, RedirectUri, ResponseType, Scope};
use std::sync::Arc;

/// One check of a request whose client and redirect URI are proven. It writes what it found out into the parts.
type Check = fn(&mut Parts, &RawRequest, &Context<'_>) -> Result<(), OAuthError>;

/// All checks, in order: the first that fails is the one that the client hears of.
const CHECKS: &[Check] = &[
    duplicates::check,
    unsupported::check,
    response_type::check,
    response_mode::check,
    scope::check,
    nonce::check,
    prompt::check,
    max_age::check,
    acr::check,
    code_challenge::check,
    claims::check,
    hint::check,
];

/// Judges a request.
///
/// # Errors
/// See [`Rejection`]: a page until client and redirect URI are proven, an answer to the client afterwards.
pub fn accept(raw: RawRequest, context: &Context<'_>) -> Result<ValidatedRequest, Rejection> {
    let client = client::check(&raw, context.clients).map_err(Rejection::Page)?;
    let (reply_to, registered) = reply_to(&raw, &client).map_err(Rejection::Page)?;
    let mut parts = Parts {
        request: raw.request.clone(),
        response_type: ResponseType::Code,
        returns_to_device: registered.is_on_device(),
        client,
        reply_to,
        scope: Scope::empty(),
        prompt: PromptSet::default(),
        max_age: None,
        claims: ClaimsRequest::default(),
        hinted_account: None,
        essential_acr: Vec::new(),
        wished_acr: Vec::new(),
        code_challenge: None,
    };
    for check in CHECKS {
        if let Err(error) = check(&mut parts, &raw, context) {
            return Err(Rejection::Reply(parts.reply_to, error));
        }
    }
    Ok(ValidatedRequest(parts))
}

/// Who asks, proven to be registered and in use.
pub(crate) fn client(raw: &RawRequest, clients: &Registry) -> Result<Arc<Client>, Rejection> {
    client::check(raw, clients).map_err(Rejection::Page)
}

/// Refuses a request that cannot even be judged. The client is told if what was sent openly names a redirect URI of its
/// own, and else the person.
pub(crate) fn refuse(raw: &RawRequest, client: &Client, error: OAuthError, how_to_mend: &str) -> Rejection {
    match reply_to(raw, client) {
        Ok((reply_to, _)) => Rejection::Reply(reply_to, error),
        Err(_) => Rejection::Page(PageError {
            code: error.code(),
            check: error.description().to_owned(),
            how_to_mend: how_to_mend.to_owned(),
            client_id: Some(client.client_id.clone()),
        }),
    }
}

/// Proves the redirect URI.
fn reply_to<'c>(raw: &RawRequest, client: &'c Client) -> Result<(ReplyTo, &'c RedirectUri), PageError> {
    let registered = redirect_uri::check(raw, client)?;
    let reply_to = ReplyTo {
        client_id: client.client_id.clone(),
        redirect_uri: raw.request.redirect_uri.clone().unwrap_or_default(),
        mode: response_mode::effective(&raw.request),
        // A state sent twice is no state: the client could not tell which of the two came back.
        state: raw.request.state.clone().filter(|_| raw.duplicate.as_deref() != Some("state")),
    };
    Ok((reply_to, registered))
}
