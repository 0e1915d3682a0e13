//! The logout token (Back-Channel Logout §2.4).

use super::store::Claimed;
use crate::tokens::TokenError;
use crate::tokens::subject::subject;
use crate::{Client, Provider};
use account::session::LoginId;
use serde::Serialize;
use serde_json::{Map, Value};

/// The member of `events` that makes a token a logout token.
pub const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// Seconds for which a client may take it. It is made anew for each attempt.
const LIFETIME_SECONDS: i64 = 120;

/// Its claims. There is no `nonce`, ever, so that nobody takes it for an ID token.
#[derive(Serialize)]
struct LogoutToken<'a> {
    iss: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
    sub: String,
    sid: &'a LoginId,
    events: Value,
}

/// Signs one, as the client has its ID tokens signed.
pub(super) fn make(provider: &Provider, client: &Client, log_out: &Claimed) -> Result<String, TokenError> {
    let now = provider.accounts.now();
    let token = LogoutToken {
        iss: &provider.issuer,
        aud: &client.client_id,
        iat: now.as_seconds(),
        exp: now.as_seconds() + LIFETIME_SECONDS,
        jti: uuid::Uuid::new_v4().to_string(),
        sub: subject(client, &log_out.account_id),
        sid: &log_out.login_id,
        events: Value::Object([(EVENT.to_owned(), Value::Object(Map::new()))].into_iter().collect()),
    };
    let algorithm = client.id_token_signed_response_alg;
    let keys = provider.keys.current();
    let key = keys.signer(algorithm, now).ok_or(TokenError::NoKey(algorithm))?;
    Ok(key.sign_compact(Some("logout+jwt"), &token)?)
}
