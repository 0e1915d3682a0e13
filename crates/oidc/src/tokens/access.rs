//! Access tokens: JWTs by RFC 9068, signed with ES256.

use super::{TokenError, store, subject};
use crate::grants::{Grant, GrantId};
use crate::{Client, Provider};
use account::secret::random_bytes;
use account::session::{Amr, LoginId};
use account::{AccountId, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::SigningAlgorithm;
use protocol::Scope;
use serde::{Deserialize, Serialize};

/// The media type in the header `typ` (RFC 9068 §2.1).
pub const TYPE: &str = "at+jwt";

pub(crate) const ALGORITHM: SigningAlgorithm = SigningAlgorithm::Es256;

#[derive(Serialize)]
struct New<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    client_id: &'a str,
    #[serde(skip_serializing_if = "Scope::is_empty")]
    scope: &'a Scope,
    iat: i64,
    exp: i64,
    jti: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amr: Option<&'a [Amr]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a LoginId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gid: Option<&'a GrantId>,
}

/// What an access token of ours says.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct AccessToken {
    /// Issuer.
    pub iss: String,
    /// The person, or the client for itself.
    pub sub: String,
    /// For whom it is.
    pub aud: String,
    /// To whom it was issued.
    pub client_id: String,
    /// What it allows.
    #[serde(default)]
    pub scope: Scope,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// When it is over, in seconds since 1970.
    pub exp: i64,
    /// Its own id.
    pub jti: String,
    /// When the person proved who they are, in seconds since 1970.
    #[serde(default)]
    pub auth_time: Option<i64>,
    /// To which level.
    #[serde(default)]
    pub acr: Option<String>,
    /// The log-in without which it is worth nothing.
    #[serde(default)]
    pub sid: Option<LoginId>,
    /// The grant without which it is worth nothing. None: the client's own token.
    #[serde(default)]
    pub gid: Option<GrantId>,
}

impl AccessToken {
    /// The person that it stands for, `client` being the one it was issued to; none when it is a client's own.
    pub fn account(&self, client: &Client) -> Option<AccountId> {
        self.gid.as_ref().and_then(|_| subject::account_of_signed(client, &self.sub))
    }
}

/// The token of a client for itself.
pub(crate) fn for_client(
    provider: &Provider,
    client: &Client,
    scope: &Scope,
    now: Timestamp,
) -> Result<String, TokenError> {
    sign(provider, New { sub: &client.client_id, ..new(provider, &client.client_id, scope, now) }, now)
}

/// A token that hangs on a grant; on its log-in too, while that is alive.
pub(crate) fn for_grant(
    provider: &Provider,
    client: &Client,
    grant: &Grant,
    scope: &Scope,
    login_alive: bool,
    now: Timestamp,
) -> Result<String, TokenError> {
    let token = New {
        sub: &subject::subject(client, &grant.account_id),
        auth_time: Some(grant.auth_time.as_seconds()),
        acr: Some(grant.acr.as_str()),
        amr: Some(&grant.amr),
        sid: login_alive.then_some(&grant.login_id),
        gid: Some(&grant.id),
        ..new(provider, &grant.client_id, scope, now)
    };
    sign(provider, token, now)
}

fn new<'a>(provider: &'a Provider, client_id: &'a str, scope: &'a Scope, now: Timestamp) -> New<'a> {
    New {
        iss: &provider.issuer,
        sub: client_id,
        aud: &provider.issuer,
        client_id,
        scope,
        iat: now.as_seconds(),
        exp: now.as_seconds() + provider.settings.access_token_seconds,
        jti: URL_SAFE_NO_PAD.encode(&random_bytes()[..16]),
        auth_time: None,
        acr: None,
        amr: None,
        sid: None,
        gid: None,
    }
}

fn sign(provider: &Provider, token: New<'_>, now: Timestamp) -> Result<String, TokenError> {
    let keys = provider.keys.current();
    let key = keys.signer(ALGORITHM, now).ok_or(TokenError::NoKey(ALGORITHM))?;
    Ok(key.sign_compact(Some(TYPE), &token)?)
}

/// An access token of ours that is not over, by its own words: signature, type, issuer and time. Whether it was taken
/// back, only [`find_valid`] knows.
pub(super) fn read(provider: &Provider, token: &str, now: Timestamp) -> Option<AccessToken> {
    let verified = provider.keys.current().verifying().verify(token, &[ALGORITHM]).ok()?;
    let claims: AccessToken = verified.header.is_type(TYPE).then(|| verified.claims_as().ok()).flatten()?;
    (claims.iss == provider.issuer && claims.exp > now.as_seconds()).then_some(claims)
}

/// Judges an access token: what it says, if it is good at this moment for anybody. The audience is for the caller.
///
/// # Errors
/// When the database fails.
pub async fn find_valid(provider: &Provider, token: &str) -> db::Result<Option<AccessToken>> {
    let now = provider.accounts.now();
    let Some(token) = read(provider, token, now) else { return Ok(None) };
    if provider.clients.find(&token.client_id).is_none_or(|client| client.disabled) {
        return Ok(None);
    }
    let (jti, gid, sid) = (token.jti.clone(), token.gid.clone(), token.sid.clone());
    let good = provider.accounts.read(move |conn| {
        if store::is_revoked(conn, &jti)? {
            return Ok(false);
        }
        match &gid {
            None => Ok(true),
            Some(gid) => store::stands(conn, gid, sid.is_some()),
        }
    });
    Ok(good.await?.then_some(token))
}
