//! API tokens: what a person gives to programs that speak for them, named, limited in what they open and in time.
//!
//! A token is shown once. It is kept as a hash, with its first letters so that its owner can tell which one it is. It
//! opens nothing once it is revoked or over, and while its account is not active. A change of password leaves tokens
//! alone, as people who run programs with them expect; recovery, deactivation and "this was not me" end them all.

mod model;
mod secret;
mod store;
#[cfg(test)]
mod tests;

pub use model::{ApiToken, MAX_DAYS, MAX_LIVING, NewToken, TokenName, TokenNameProblem, TokenScope};
pub use secret::ApiSecret;

use crate::account;
use crate::audit::{self, Target};
use crate::mail::{Circumstances, Mail};
use crate::{AccountId, Conn, Timestamp, Tx, outbox};
use db::Result;
use serde_json::json;

db::id!(
    /// The id of an API token; not the token.
    ApiTokenId
);

/// What asking for a token led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    /// It is made; its secret is for the caller to show, this once.
    Token(ApiToken),
    /// The form was sent before, and its token was made then.
    Already,
    /// The account has [`MAX_LIVING`] tokens.
    TooMany,
    /// The account is not active any more.
    NotActive,
}

/// Makes a token, and tells the owner by mail. A form makes one token, however often it is sent.
pub fn make(tx: &mut Tx<'_>, account: &AccountId, new: &NewToken, secret: &ApiSecret) -> Result<Made> {
    if !account::find(tx.conn, account)?.is_some_and(|account| account.is_active()) {
        return Ok(Made::NotActive);
    }
    if store::living(tx.conn, account, tx.now)? >= MAX_LIVING {
        // Whoever sends the form of the last one again hears that it was made.
        return Ok(if store::form_was_sent(tx.conn, &new.form.hash())? { Made::Already } else { Made::TooMany });
    }
    let token = ApiToken {
        id: ApiTokenId::new(tx.now),
        account_id: account.clone(),
        name: new.name.as_str().to_owned(),
        scopes: new.scopes.clone(),
        beginning: secret.beginning().to_owned(),
        created_at: tx.now,
        expires_at: tx.now.plus_seconds(i64::from(new.days.clamp(1, MAX_DAYS)) * model::DAY_SECONDS),
        last_used_at: None,
    };
    if !store::insert(tx, &token, &secret.hash(), &new.form.hash())? {
        return Ok(Made::Already);
    }
    let details = json!({ "token": token.id.as_str(), "name": token.name, "scope": token.scope() });
    audit::record(tx, "api_token.made", Target::account(account), details)?;
    let mail = Mail::ApiTokenMade { name: token.name.clone(), circumstances: Circumstances::of(tx) };
    outbox::notify(tx, account, &mail)?;
    Ok(Made::Token(token))
}

/// The token that a secret belongs to, while it is good: not revoked, not over, its account active.
pub fn find_good(conn: &mut Conn, secret: &ApiSecret, now: Timestamp) -> Result<Option<ApiToken>> {
    store::find_good(conn, &secret.hash(), now)
}

/// Notes that a token was used now. At most every few minutes, see [`ApiToken::use_is_to_be_noted`].
pub fn note_use(tx: &mut Tx<'_>, id: &ApiTokenId) -> Result<()> {
    store::note_use(tx, id, model::noted_before(tx.now))
}

/// The account's tokens, the youngest first: those that work, and those that ended by themselves not long ago.
pub fn list(conn: &mut Conn, account: &AccountId) -> Result<Vec<ApiToken>> {
    store::list(conn, account)
}

/// How many tokens of the account work.
pub fn living(conn: &mut Conn, account: &AccountId, now: Timestamp) -> Result<i64> {
    store::living(conn, account, now)
}

/// A token of this account that works.
pub fn find_own(conn: &mut Conn, account: &AccountId, id: &ApiTokenId, now: Timestamp) -> Result<Option<ApiToken>> {
    Ok(store::list(conn, account)?.into_iter().find(|token| token.id == *id && !token.is_over(now)))
}

/// Makes a token of this account void, from the next use on. Returns whether it worked until now.
pub fn revoke(tx: &mut Tx<'_>, account: &AccountId, id: &ApiTokenId) -> Result<bool> {
    let Some(name) = store::revoke(tx, account, id)? else { return Ok(false) };
    let details = json!({ "token": id.as_str(), "name": name });
    audit::record(tx, "api_token.revoked", Target::account(account), details)?;
    Ok(true)
}

/// Makes every token of this account void. Returns how many worked until now.
pub fn revoke_all(tx: &mut Tx<'_>, account: &AccountId) -> Result<usize> {
    let revoked = store::revoke_all(tx, account)?;
    if revoked > 0 {
        audit::record(tx, "api_token.all_revoked", Target::account(account), json!({ "tokens": revoked }))?;
    }
    Ok(revoked)
}
