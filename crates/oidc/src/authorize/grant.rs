//! Granting: the row on which code and tokens of the answer hang, and the audit entry.

use super::ValidatedRequest;
use crate::grants::{self, Grant, NewGrant, Start};
use crate::interaction::Permission;
use crate::tokens::{self, Person};
use crate::{ProviderSettings, client};
use account::audit::{self, Target};
use account::secret::Token;
use account::session::Login;
use account::{Timestamp, Tx, log_out};
use db::Result;
use protocol::ResponseType;
use serde_json::json;

/// What was granted: all that the answer is made from, see [`super::success`].
#[derive(Debug, Clone)]
pub struct Granted {
    /// The grant, alive.
    pub grant: Grant,
    /// The log-in in whose name it was given.
    pub login: Login,
    /// The code, when the client asked for one: 256 random bits, kept as a hash.
    pub code: Option<Token>,
    /// The person, when the ID token of the answer has claims about them.
    pub(super) person: Option<Person>,
    /// When this happened.
    pub(super) now: Timestamp,
}

/// Grants the client what was `allowed` in the name of `login`'s account. Three statements: the grant, the client's part in the
/// log-in, the audit entry; one more when the answer needs the person's claims.
///
/// Whatever the answer carries hangs on the one row: an access token of the implicit flow is revoked like any other, and
/// a second use of a hybrid code takes the token with it that came beside the code.
pub fn grant(
    tx: &mut Tx<'_>,
    request: &ValidatedRequest,
    login: &Login,
    allowed: &Permission,
    settings: &ProviderSettings,
) -> Result<Granted> {
    // Whatever else was asked for by name, nobody allowed.
    let claims = request.claims.filter(|name| allowed.covers(name));
    let asked = request.response_type.has_id_token() && !claims.id_token.is_empty();
    let new = NewGrant {
        client_id: request.client.client_id.clone(),
        account_id: login.account_id.clone(),
        login_id: login.id.clone(),
        authenticated_at: login.authenticated_at,
        acr: request.acr_of(login.acr),
        amr: login.amr.clone(),
        redirect_uri: request.reply_to.redirect_uri().to_owned(),
        scope: allowed.scope.clone(),
        nonce: request.request.nonce.clone(),
        code_challenge: request.code_challenge.clone(),
        claims: Some(claims).filter(|claims| !claims.is_empty()),
        claims_locales: request.request.claims_locales.clone(),
    };
    let response_type = request.response_type;
    let start = Start {
        code_seconds: response_type.has_code().then_some(settings.authorization_code_seconds),
        access_token_seconds: response_type.has_token().then_some(settings.access_token_seconds),
    };
    let (grant, code) = grants::begin(tx, &new, &start)?;
    log_out::note_client(tx, &login.id, &new.client_id, settings.lifetimes.absolute_seconds)?;
    if request.client.is_unused() {
        client::store::note_use(tx, &new.client_id)?;
    }
    let details = json!({ "client": new.client_id, "scope": new.scope.to_string(), "grant": grant.id });
    audit::record(tx, "authorization.granted", Target::account(&login.account_id), details)?;
    let person = match asked || response_type == ResponseType::IdToken {
        true => tokens::store::person(tx.conn, &login.account_id)?,
        false => None,
    };
    Ok(Granted { grant, login: login.clone(), code, person, now: tx.now })
}
