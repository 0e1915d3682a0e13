//! Issuing an authorization code: the row of the grant that it begins, and the audit entry.

use super::ValidatedRequest;
use account::audit::{self, Target};
use account::secret::Token;
use account::session::Login;
use account::{AccountId, Timestamp, Tx};
use db::Result;
use db::schema::grants;
use diesel::prelude::*;
use protocol::Scope;
use protocol::scope::OFFLINE_ACCESS;
use serde_json::json;

/// Seconds for which a code that was never redeemed is remembered after it expired.
const REMEMBERED_SECONDS: i64 = 3600;

/// A code, to be sent to the client.
#[derive(Debug, Clone)]
pub struct IssuedCode {
    /// The code: 256 random bits, kept as a hash.
    pub code: Token,
    /// The id of the grant that it begins.
    pub grant_id: String,
}

db::id!(
    /// The id of a grant as it is made here.
    NewGrantId
);

/// Grants the client `scope` in the name of `login`'s account. Two statements: the grant and its audit entry.
pub fn issue_code(
    tx: &mut Tx<'_>,
    request: &ValidatedRequest,
    login: &Login,
    scope: &Scope,
    code_seconds: i64,
) -> Result<IssuedCode> {
    let (id, code) = (NewGrantId::new(tx.now), Token::generate());
    let claims = (!request.claims.is_empty())
        .then(|| serde_json::to_string(&request.claims).expect("a claims request serialises: it came as JSON"));
    let code_expires_at: Timestamp = tx.now.plus_seconds(code_seconds);
    let row = NewGrant {
        id: &id,
        code_hash: code.hash(),
        client_id: &request.client.client_id,
        account_id: &login.account_id,
        login_id: login.id.as_str(),
        redirect_uri: request.reply_to.redirect_uri(),
        scope: scope.to_string(),
        nonce: request.request.nonce.as_deref(),
        code_challenge: request.code_challenge.as_deref(),
        claims,
        auth_time: login.authenticated_at,
        acr: login.acr.as_str(),
        amr: serde_json::to_string(&login.amr).expect("names serialise"),
        offline: scope.contains(OFFLINE_ACCESS),
        created_at: tx.now,
        code_expires_at,
        refresh_generation: 0,
        expires_at: code_expires_at.plus_seconds(REMEMBERED_SECONDS),
    };
    diesel::insert_into(grants::table).values(&row).execute(tx.conn)?;
    let details = json!({ "client": request.client.client_id, "scope": scope.to_string(), "grant": id });
    audit::record(tx, "authorization.granted", Target::account(&login.account_id), details)?;
    Ok(IssuedCode { code, grant_id: id.as_str().to_owned() })
}

#[derive(Insertable)]
#[diesel(table_name = grants)]
struct NewGrant<'a> {
    id: &'a NewGrantId,
    code_hash: Vec<u8>,
    client_id: &'a str,
    account_id: &'a AccountId,
    login_id: &'a str,
    redirect_uri: &'a str,
    scope: String,
    nonce: Option<&'a str>,
    code_challenge: Option<&'a str>,
    claims: Option<String>,
    auth_time: Timestamp,
    acr: &'a str,
    amr: String,
    offline: bool,
    created_at: Timestamp,
    code_expires_at: Timestamp,
    refresh_generation: i64,
    expires_at: Timestamp,
}
