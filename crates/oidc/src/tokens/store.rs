//! What decides over access tokens: the table `revoked_tokens`, and what their grants hang on.

use super::person::Person;
use crate::grants::GrantId;
use account::session::LoginId;
use account::visibility::Visibility;
use account::{AccountId, Tx};
use db::schema::{accounts, emails, grants, logins, revoked_tokens};
use db::{Conn, Error, OnEach, Result, Timestamp};
use diesel::prelude::*;

/// Whether a token was taken back before its time.
pub(super) fn is_revoked(conn: &mut Conn, jti: &str) -> Result<bool> {
    let row: Option<String> = revoked_tokens::table.find(jti).select(revoked_tokens::jti).first(conn).optional()?;
    Ok(row.is_some())
}

/// Takes a token back. A second time changes nothing.
pub(super) fn revoke(tx: &mut Tx<'_>, jti: &str, expires_at: Timestamp) -> Result<()> {
    OnEach(
        diesel::insert_into(revoked_tokens::table)
            .values((revoked_tokens::jti.eq(jti), revoked_tokens::expires_at.eq(expires_at)))
            .on_conflict_do_nothing(),
    )
    .execute(tx.conn)?;
    Ok(())
}

/// Whether a grant is alive, its account active, and, for a token `with_login`, its log-in not ended.
pub(super) fn stands(conn: &mut Conn, grant: &GrantId, with_login: bool) -> Result<bool> {
    let login: Option<Option<LoginId>> = grants::table
        .inner_join(accounts::table.on(accounts::id.eq(grants::account_id)))
        .left_join(logins::table.on(logins::id.eq(grants::login_id).and(logins::ended_at.is_null())))
        .filter(grants::id.eq(grant).and(grants::revoked_at.is_null()).and(accounts::status.eq("active")))
        .select(logins::id.nullable())
        .first(conn)
        .optional()?;
    Ok(login.is_some_and(|login| login.is_some() || !with_login))
}

type PersonRow = (AccountId, String, Option<String>, String, Timestamp, String, Option<String>, Option<Timestamp>);

/// What claims show of an account.
pub(crate) fn person(conn: &mut Conn, id: &AccountId) -> Result<Option<Person>> {
    let row: Option<PersonRow> = accounts::table
        .left_join(emails::table.on(emails::account_id.eq(accounts::id).and(emails::is_primary.eq(true))))
        .filter(accounts::id.eq(id))
        .select((
            accounts::id,
            accounts::name,
            accounts::avatar_id,
            accounts::claims,
            accounts::updated_at,
            accounts::visibility,
            emails::address.nullable(),
            emails::verified_at.nullable(),
        ))
        .first(conn)
        .optional()?;
    let Some((id, name, avatar_id, claims, updated_at, visibility, address, verified_at)) = row else {
        return Ok(None);
    };
    let claims = serde_json::from_str(&claims).map_err(|_| Error::Corrupt(format!("claims of the account {id}")))?;
    let corrupt = || Error::Corrupt(format!("visibility of the account {id}"));
    let visibility = Visibility::read(&visibility).ok_or_else(corrupt)?;
    let email = address.map(|address| (address, verified_at.is_some()));
    Ok(Some(Person { id, name, avatar_id, claims, updated_at, email, visibility }))
}
