//! From a grant to the answer of the token endpoint. Signing happens here, outside every transaction.

use super::{Person, TokenError, access, id_token};
use crate::grants::{Grant, RefreshToken};
use crate::{Client, Provider};
use account::Timestamp;
use protocol::scope::OPENID;
use protocol::{Scope, TokenResponse};

/// A grant that was just redeemed or refreshed, and what goes into its tokens.
pub(crate) struct Authorized {
    /// The grant.
    pub grant: Grant,
    /// The scope of the access token: the grant's, or narrower.
    pub scope: Scope,
    /// For the ID token: the request's nonce, not repeated on refresh.
    pub nonce: Option<String>,
    /// Whether the log-in has not ended.
    pub login_alive: bool,
    /// The person, when the ID token was asked for claims about them.
    pub person: Option<Person>,
    /// The refresh token to hand over.
    pub refresh: Option<RefreshToken>,
    /// When this happens.
    pub now: Timestamp,
}

/// Makes the tokens.
///
/// # Errors
/// When a key is missing or signing fails.
pub(crate) fn issue(
    provider: &Provider,
    client: &Client,
    authorized: &Authorized,
) -> Result<TokenResponse, TokenError> {
    let Authorized { grant, scope, login_alive, now, .. } = authorized;
    let access_token = access::for_grant(provider, client, grant, scope, *login_alive, *now)?;
    let id_token = match scope.contains(OPENID) {
        true => Some(id_token::make(provider, client, authorized, &access_token)?),
        false => None,
    };
    Ok(TokenResponse {
        access_token,
        token_type: "Bearer".to_owned(),
        expires_in: provider.settings.access_token_seconds.unsigned_abs(),
        refresh_token: authorized.refresh.as_ref().map(RefreshToken::reveal),
        scope: Some(scope.to_string()),
        id_token,
    })
}
