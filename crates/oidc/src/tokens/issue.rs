//! From a grant to tokens: for the token endpoint, and for the authorization endpoint. Signing happens here, outside every transaction.

use super::id_token::Beside;
use super::{Person, Recipient, TokenError, access, id_token};
use crate::grants::{Grant, RefreshToken};
use crate::{Client, Provider};
use account::Timestamp;
use protocol::scope::OPENID;
use protocol::{ResponseType, Scope, TokenResponse};

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
    /// To whom the ID token is encrypted.
    pub recipient: Option<Recipient>,
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
        true => Some(id_token::make(
            provider,
            client,
            authorized,
            &Beside { access_token: Some(&access_token), code: None },
        )?),
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

/// What comes from the authorization endpoint, beside a code.
pub(crate) struct FrontChannel {
    /// The access token, when the response type has one.
    pub access_token: Option<String>,
    /// The ID token, when the response type has one.
    pub id_token: Option<String>,
}

/// Makes the tokens of an answer of the authorization endpoint; `code` is the one that travels with them (OpenID Connect
/// Core §3.2.2.5, §3.3.2.5).
///
/// # Errors
/// When a key is missing or signing fails.
pub(crate) fn issue_front_channel(
    provider: &Provider,
    client: &Client,
    authorized: &Authorized,
    response_type: ResponseType,
    code: Option<&str>,
) -> Result<FrontChannel, TokenError> {
    let Authorized { grant, scope, login_alive, now, .. } = authorized;
    let access_token = match response_type.has_token() {
        true => Some(access::for_grant(provider, client, grant, scope, *login_alive, *now)?),
        false => None,
    };
    let beside = Beside { access_token: access_token.as_deref(), code };
    let id_token = match response_type.has_id_token() {
        true => Some(id_token::make(provider, client, authorized, &beside)?),
        false => None,
    };
    Ok(FrontChannel { access_token, id_token })
}
