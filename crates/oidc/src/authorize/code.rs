//! Issuing an authorization code: the row of the grant that it begins, and the audit entry.

use super::ValidatedRequest;
use crate::grants::{self, GrantId, NewGrant};
use account::Tx;
use account::audit::{self, Target};
use account::secret::Token;
use account::session::Login;
use db::Result;
use protocol::Scope;
use serde_json::json;

/// A code, to be sent to the client.
#[derive(Debug, Clone)]
pub struct IssuedCode {
    /// The code: 256 random bits, kept as a hash.
    pub code: Token,
    /// The id of the grant that it begins.
    pub grant_id: GrantId,
}

/// Grants the client `scope` in the name of `login`'s account. Two statements: the grant and its audit entry.
pub fn issue_code(
    tx: &mut Tx<'_>,
    request: &ValidatedRequest,
    login: &Login,
    scope: &Scope,
    code_seconds: i64,
) -> Result<IssuedCode> {
    let new = NewGrant {
        client_id: request.client.client_id.clone(),
        account_id: login.account_id.clone(),
        login_id: login.id.clone(),
        authenticated_at: login.authenticated_at,
        acr: login.acr,
        amr: login.amr.clone(),
        redirect_uri: request.reply_to.redirect_uri().to_owned(),
        scope: scope.clone(),
        nonce: request.request.nonce.clone(),
        code_challenge: request.code_challenge.clone(),
        claims: (!request.claims.is_empty()).then(|| request.claims.clone()),
    };
    let (grant_id, code) = grants::begin(tx, &new, code_seconds)?;
    let details = json!({ "client": new.client_id, "scope": scope.to_string(), "grant": grant_id });
    audit::record(tx, "authorization.granted", Target::account(&login.account_id), details)?;
    Ok(IssuedCode { code, grant_id })
}
