//! `id_token_hint` (OpenID Connect Core §3.1.2.1): an ID token of ours, for this client; it may have expired.

use super::invalid_request;
use crate::authorize::{Context, Parts, RawRequest};
use crate::id_token_hint::{self, Hint};
use protocol::OAuthError;

pub(in crate::authorize) fn check(
    parts: &mut Parts,
    raw: &RawRequest,
    context: &Context<'_>,
) -> Result<(), OAuthError> {
    let Some(text) = raw.request.id_token_hint.as_deref() else { return Ok(()) };
    let Some(Hint { account, audience, .. }) = id_token_hint::read(text, context) else {
        return Err(invalid_request("id_token_hint is not an ID token that was issued here"));
    };
    if !audience.contains(&parts.client.client_id) {
        return Err(invalid_request("id_token_hint was issued to another client"));
    }
    if parts.hinted_account.as_ref().is_some_and(|other| *other != account) {
        return Err(invalid_request("id_token_hint and claims name different accounts"));
    }
    parts.hinted_account = Some(account);
    Ok(())
}
