//! The grant type `client_credentials` (RFC 6749 §4.4): a client for itself. Nothing is stored.

use crate::tokens::{TokenError, access, refuse};
use crate::{Client, Provider};
use protocol::scope::WELL_KNOWN;
use protocol::{ErrorCode, Scope, TokenRequest, TokenResponse};

pub(super) fn redeem(
    provider: &Provider,
    client: &Client,
    request: &TokenRequest,
) -> Result<TokenResponse, TokenError> {
    if client.is_public() {
        return Err(refuse(ErrorCode::UnauthorizedClient, "client_credentials needs a client that authenticates"));
    }
    let scope = scope(&client.scope, request.scope.as_deref())?;
    let access_token = access::for_client(provider, client, &scope, provider.accounts.now())?;
    Ok(TokenResponse {
        access_token,
        token_type: "Bearer".to_owned(),
        expires_in: provider.settings.access_token_seconds.unsigned_abs(),
        refresh_token: None,
        scope: (!scope.is_empty()).then(|| scope.to_string()),
        id_token: None,
    })
}

/// The scopes of OpenID are about a person, and there is none here: a client's own scopes remain.
fn scope(registered: &Scope, asked: Option<&str>) -> Result<Scope, TokenError> {
    let own = registered.filter(|token| !WELL_KNOWN.contains(&token));
    let Some(asked) = asked else { return Ok(own) };
    let asked: Scope = asked.parse().map_err(|_| refuse(ErrorCode::InvalidScope, "the scope is malformed"))?;
    if asked.is_subset(&own) {
        return Ok(asked);
    }
    let sentence = match asked.iter().find(|token| WELL_KNOWN.contains(token)) {
        Some(token) => format!("{token} is about a person; client_credentials is the client for itself"),
        None => "the scope has more than this client is registered with".to_owned(),
    };
    Err(refuse(ErrorCode::InvalidScope, sentence))
}
