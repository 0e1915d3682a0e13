//! The answer to a request that was granted (RFC 6749 §4.1.2, §4.2.2; OpenID Connect Core §3.2.2.5, §3.3.2.5).

use super::response_mode::{self, Delivery};
use super::{Granted, ValidatedRequest};
use crate::tokens::{self, Authorized, FrontChannel, Recipient, TokenError};
use crate::{Provider, session_state};
use protocol::scope::OPENID;

/// To whom the ID token of the answer is encrypted, if there is one and it is. Asked before anything is granted: the
/// client's keys may have to be fetched.
///
/// # Errors
/// `invalid_request` when the client has no key for what it registered.
pub async fn recipient(provider: &Provider, request: &ValidatedRequest) -> Result<Option<Recipient>, TokenError> {
    match request.response_type.has_id_token() {
        true => Recipient::of_id_tokens(provider, &request.client).await,
        false => Ok(None),
    }
}

/// Signs what the client asked for and addresses it; `browser_state` is what `session_state` is made of. Signing happens here, outside every transaction.
///
/// # Errors
/// When a key is missing or signing fails.
pub fn success(
    provider: &Provider,
    request: &ValidatedRequest,
    granted: &Granted,
    recipient: Option<Recipient>,
    browser_state: Option<&str>,
) -> Result<Delivery, TokenError> {
    let mut fields = parameters(provider, request, granted, recipient)?;
    if let Some(state) = browser_state.filter(|_| granted.grant.scope.contains(OPENID)) {
        let value = session_state::of(&request.client.client_id, request.reply_to.redirect_uri(), state);
        fields.extend(value.map(|value| ("session_state", value)));
    }
    let fields = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Ok(response_mode::success(&request.reply_to, fields, &provider.issuer))
}

/// All parameters of a success but `state` and `iss`, which errors have as well. Client, redirect URI and log-in are at
/// hand here for whatever else an answer tells.
fn parameters(
    provider: &Provider,
    request: &ValidatedRequest,
    granted: &Granted,
    recipient: Option<Recipient>,
) -> Result<Vec<(&'static str, String)>, TokenError> {
    let code = granted.code.as_ref().map(|code| code.reveal().to_owned());
    let FrontChannel { access_token, id_token } = tokens(provider, request, granted, recipient)?;
    let mut fields = Vec::new();
    fields.extend(code.map(|code| ("code", code)));
    if let Some(token) = access_token {
        fields.push(("access_token", token));
        fields.push(("token_type", "Bearer".to_owned()));
        fields.push(("expires_in", provider.settings.access_token_seconds.to_string()));
        // RFC 6749 §4.2.2: when it is not what was asked for.
        if request.request.scope().ok().as_ref() != Some(&granted.grant.scope) {
            fields.push(("scope", granted.grant.scope.to_string()));
        }
    }
    fields.extend(id_token.map(|token| ("id_token", token)));
    Ok(fields)
}

fn tokens(
    provider: &Provider,
    request: &ValidatedRequest,
    granted: &Granted,
    recipient: Option<Recipient>,
) -> Result<FrontChannel, TokenError> {
    let authorized = Authorized {
        grant: granted.grant.clone(),
        scope: granted.grant.scope.clone(),
        nonce: granted.grant.nonce.clone(),
        login_alive: true,
        person: granted.person.clone(),
        recipient,
        refresh: None,
        now: granted.now,
    };
    let code = granted.code.as_ref().map(|code| code.reveal());
    tokens::issue_front_channel(provider, &request.client, &authorized, request.response_type, code)
}
