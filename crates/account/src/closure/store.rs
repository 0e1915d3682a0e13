//! The table `closures`, and what hangs on an account that leaves.

use super::Closure;
use crate::session::{Lifetimes, LoginId, SessionId};
use crate::{AccountId, Tx};
use db::schema::{accounts, closures, consents, grants, logins, sessions};
use db::{Conn, Result, Timestamp};
use diesel::prelude::*;

/// The wish of an account's owner to leave.
pub fn of(conn: &mut Conn, account: &AccountId) -> Result<Option<Closure>> {
    let row: Option<(Timestamp, Option<Timestamp>)> =
        closures::table.find(account).select((closures::asked_at, closures::erase_at)).first(conn).optional()?;
    Ok(row.map(|(asked_at, erase_at)| Closure { asked_at, erase_at }))
}

pub(super) fn insert(tx: &mut Tx<'_>, account: &AccountId, erase_at: Option<Timestamp>) -> Result<()> {
    diesel::insert_into(closures::table)
        .values((closures::account_id.eq(account), closures::asked_at.eq(tx.now), closures::erase_at.eq(erase_at)))
        .execute(tx.conn)?;
    Ok(())
}

/// Takes the wish back: of many who try, one gets it.
pub(super) fn take(tx: &mut Tx<'_>, account: &AccountId) -> Result<Option<Closure>> {
    let row: Option<(Timestamp, Option<Timestamp>)> = diesel::delete(closures::table.find(account))
        .returning((closures::asked_at, closures::erase_at))
        .get_result(tx.conn)
        .optional()?;
    Ok(row.map(|(asked_at, erase_at)| Closure { asked_at, erase_at }))
}

/// Takes the wish because its time has come. Returns whether it was there, and due.
pub(super) fn take_due(tx: &mut Tx<'_>, account: &AccountId) -> Result<bool> {
    let due = closures::table.find(account).filter(closures::erase_at.le(tx.now).assume_not_null());
    Ok(diesel::delete(due).execute(tx.conn)? == 1)
}

/// At most `limit` accounts whose time has come.
pub(super) fn due(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<AccountId>> {
    let due = closures::table.filter(closures::erase_at.le(now).assume_not_null());
    Ok(due.order(closures::erase_at).select(closures::account_id).limit(limit).load(conn)?)
}

/// At most `limit` accounts whose owners are to be reminded of an erasure before that instant.
pub(super) fn to_remind(conn: &mut Conn, before: Timestamp, limit: i64) -> Result<Vec<AccountId>> {
    let soon = closures::table.filter(closures::erase_at.le(before).assume_not_null());
    let soon = soon.filter(closures::reminded_at.is_null());
    Ok(soon.order(closures::erase_at).select(closures::account_id).limit(limit).load(conn)?)
}

/// Notes that the owner is reminded: once. Returns when the account is erased.
pub(super) fn note_reminded(tx: &mut Tx<'_>, account: &AccountId) -> Result<Option<Timestamp>> {
    let erase_at: Option<Option<Timestamp>> =
        diesel::update(closures::table.find(account).filter(closures::reminded_at.is_null()))
            .set(closures::reminded_at.eq(tx.now))
            .returning(closures::erase_at)
            .get_result(tx.conn)
            .optional()?;
    Ok(erase_at.flatten())
}

/// The `client_id`s of the products that an account uses: it allowed them something, or they hold something of it.
pub fn products(conn: &mut Conn, account: &AccountId) -> Result<Vec<String>> {
    let mut ids: Vec<String> =
        consents::table.filter(consents::account_id.eq(account)).select(consents::client_id).load(conn)?;
    let granted: Vec<String> =
        grants::table.filter(grants::account_id.eq(account)).select(grants::client_id).distinct().load(conn)?;
    ids.extend(granted);
    ids.sort();
    ids.dedup();
    Ok(ids)
}

/// The log-in of a session cookie to an account that its owner closed: whoever holds it has just proved to be the owner,
/// and nothing but the page that opens the account again takes it. [`crate::session::find`] does not see it.
pub fn waiting_login(
    conn: &mut Conn,
    token_hash: &[u8],
    now: Timestamp,
    lifetimes: &Lifetimes,
) -> Result<Option<(SessionId, LoginId, AccountId)>> {
    let idle_since = now.plus_seconds(-lifetimes.idle_seconds);
    Ok(sessions::table
        .inner_join(logins::table.on(logins::session_id.eq(sessions::id)))
        .inner_join(accounts::table.on(accounts::id.eq(logins::account_id)))
        .inner_join(closures::table.on(closures::account_id.eq(accounts::id)))
        .filter(sessions::token_hash.eq(token_hash).and(logins::ended_at.is_null()))
        .filter(sessions::expires_at.gt(now).and(sessions::last_seen_at.gt(idle_since)))
        .filter(accounts::status.eq("deactivated").and(logins::authenticated_at.ge(closures::asked_at)))
        .order((logins::authenticated_at.desc(), logins::id.desc()))
        .select((sessions::id, logins::id, logins::account_id))
        .first(conn)
        .optional()?)
}
