//! Grants: from a person's yes to tokens. One file for each grant type of the token endpoint.
//!
//! [`begin`] keeps a grant and gives the code away; [`redeem`] answers the token endpoint. Whatever is single-use is
//! spent by one conditional update; a second use revokes what the first one gave.

mod authorization_code;
mod client_credentials;
mod model;
mod refresh_token;
pub(crate) mod store;
#[cfg(test)]
mod tests;

pub use model::{Grant, GrantId, NewGrant, RefreshToken, Start};

use crate::tokens::{TokenError, refuse};
use crate::{Client, Provider};
use account::audit::{self, Target};
use account::secret::Token;
use account::{AccountId, Actor, ActorKind, Tx};
use db::Result;
use protocol::{ErrorCode, GrantType, TokenRequest, TokenResponse};
use serde_json::json;
use std::sync::atomic::Ordering;

/// Keeps a grant. Returns it, and its authorization code if it begins with one (RFC 6749 §4.1.2).
pub fn begin(tx: &mut Tx<'_>, new: &NewGrant, start: &Start) -> Result<(Grant, Option<Token>)> {
    let code = start.code_seconds.map(|_| Token::generate());
    let grant = new.clone().into_grant(GrantId::new(tx.now), tx.now.plus_seconds(start.code_seconds.unwrap_or(0)));
    let hash = code.as_ref().map(Token::hash);
    let tokens_end = tx.now.plus_seconds(start.access_token_seconds.unwrap_or(0));
    store::insert(tx, &grant, hash.as_deref(), tokens_end)?;
    Ok((grant, code))
}

/// Ends a grant and all tokens that came of it. Returns whether it was alive.
pub fn revoke(tx: &mut Tx<'_>, id: &GrantId) -> Result<bool> {
    store::revoke(tx, id)
}

/// Ends all that an account gave to a client: when consent is taken back. Returns how many grants were alive.
pub fn revoke_of_client(tx: &mut Tx<'_>, account: &AccountId, client_id: &str) -> Result<usize> {
    store::revoke_of_client(tx, account, client_id)
}

/// Answers a request at the token endpoint of a client that proved who it is (RFC 6749 §3.2).
///
/// # Errors
/// The refusal to send, or a failure of ours.
pub async fn redeem(
    provider: &Provider,
    client: &Client,
    request: &TokenRequest,
    circumstances: impl Fn() -> Actor,
) -> std::result::Result<TokenResponse, TokenError> {
    let grant_type = request.grant_type.as_deref();
    let grant_type = grant_type.ok_or_else(|| refuse(ErrorCode::InvalidRequest, "grant_type is missing"))?;
    let unsupported = || refuse(ErrorCode::UnsupportedGrantType, "this grant_type is not supported here");
    let grant_type: GrantType = grant_type.parse().map_err(|_| unsupported())?;
    if !grant_type.is_redeemed_at_token_endpoint() {
        return Err(unsupported());
    }
    if !client.allows(grant_type) {
        return Err(refuse(
            ErrorCode::UnauthorizedClient,
            format!("{grant_type} is not among the grant_types that this client is registered with"),
        ));
    }
    // RFC 8707 §2: a token for somewhere else than was asked for would be worse than none.
    if request.resource.iter().any(|resource| *resource != provider.issuer) {
        return Err(refuse(ErrorCode::InvalidTarget, "this resource is not known here"));
    }
    let actor = || Actor { kind: ActorKind::Client(client.client_id.clone()), ..circumstances() };
    match grant_type {
        GrantType::AuthorizationCode => authorization_code::redeem(provider, client, request, &actor()).await,
        GrantType::RefreshToken => refresh_token::redeem(provider, client, request, &actor()).await,
        GrantType::ClientCredentials => {
            note_use(provider, client, &actor()).await?;
            client_credentials::redeem(provider, client, request)
        }
        GrantType::Implicit => Err(unsupported()),
    }
}

/// Ends a grant because something that works once was used twice, and notes it.
fn revoke_for_reuse(tx: &mut Tx<'_>, id: &GrantId, what: &str) -> Result<()> {
    if store::revoke(tx, id)? {
        tracing::warn!(grant = %id, what, "used twice: the grant is revoked");
        audit::record(tx, "grant.revoked", Target { kind: "grant", id: id.as_str() }, json!({ "reused": what }))?;
    }
    Ok(())
}

/// Notes, once, that a client that registered itself is used; other grants note it with their row.
async fn note_use(provider: &Provider, client: &Client, actor: &Actor) -> Result<()> {
    if !client.is_unused() || client.use_noted.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    let id = client.client_id.clone();
    provider.accounts.write(actor, move |tx| crate::client::store::note_use(tx, &id)).await
}
