//! The table `second_step_resets`, and the verified addresses in `emails`.

use super::ResetId;
use crate::secret::Token;
use crate::{AccountId, Tx};
use db::schema::{emails, second_step_resets as resets};
use db::{Conn, Result, Timestamp};
use diesel::prelude::*;

/// A request of which something is to be told.
#[derive(Debug, Clone)]
pub(super) struct Due {
    pub id: ResetId,
    pub account: AccountId,
    pub ready_at: Timestamp,
}

/// A request that is neither stopped, carried out nor over.
macro_rules! open {
    ($now:expr) => {
        resets::cancelled_at.is_null().and(resets::used_at.is_null()).and(resets::expires_at.gt($now))
    };
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    id: &ResetId,
    account: &AccountId,
    cancel: &Token,
    ready_at: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    let row = (
        resets::id.eq(id),
        resets::account_id.eq(account),
        resets::cancel_hash.eq(cancel.hash()),
        resets::created_at.eq(tx.now),
        resets::ready_at.eq(ready_at),
        resets::expires_at.eq(expires_at),
    );
    diesel::insert_into(resets::table).values(row).execute(tx.conn)?;
    Ok(())
}

pub(super) fn pending(conn: &mut Conn, account: &AccountId, now: Timestamp) -> Result<Option<Timestamp>> {
    let theirs = resets::table.filter(resets::account_id.eq(account).and(open!(now)));
    Ok(theirs.order(resets::id.desc()).select(resets::ready_at).first(conn).optional()?)
}

pub(super) fn cancellable(conn: &mut Conn, hash: &[u8], now: Timestamp) -> Result<Option<AccountId>> {
    let found = resets::table.filter(resets::cancel_hash.eq(hash).and(open!(now)));
    Ok(found.select(resets::account_id).first(conn).optional()?)
}

/// Stops a request. Returns whose it was, if it still could be stopped.
pub(super) fn cancel_by_hash(tx: &mut Tx<'_>, hash: &[u8]) -> Result<Option<AccountId>> {
    let found = resets::table.filter(resets::cancel_hash.eq(hash).and(open!(tx.now)));
    let cancelled = diesel::update(found).set(resets::cancelled_at.eq(tx.now)).returning(resets::account_id);
    Ok(cancelled.get_result(tx.conn).optional()?)
}

pub(super) fn cancel_of(tx: &mut Tx<'_>, account: &AccountId) -> Result<bool> {
    let theirs = resets::table.filter(resets::account_id.eq(account).and(open!(tx.now)));
    Ok(diesel::update(theirs).set(resets::cancelled_at.eq(tx.now)).execute(tx.conn)? > 0)
}

fn due((id, account, ready_at): (ResetId, AccountId, Timestamp)) -> Due {
    Due { id, account, ready_at }
}

/// Requests whose waiting ends before `soon`, of which nobody was reminded.
pub(super) fn to_remind(conn: &mut Conn, soon: Timestamp, now: Timestamp, limit: i64) -> Result<Vec<Due>> {
    let rows: Vec<(ResetId, AccountId, Timestamp)> = resets::table
        .filter(resets::ready_at.le(soon).and(resets::ready_at.gt(now)).and(open!(now)))
        .filter(resets::reminded_at.is_null())
        .order(resets::ready_at)
        .limit(limit)
        .select((resets::id, resets::account_id, resets::ready_at))
        .load(conn)?;
    Ok(rows.into_iter().map(due).collect())
}

/// Requests whose waiting is over and that have no link yet. However late we look, there is a link: the waiting ended,
/// and only then does the time of the link begin.
pub(super) fn to_link(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<Due>> {
    let rows: Vec<(ResetId, AccountId, Timestamp)> = resets::table
        .filter(resets::ready_at.le(now).and(open!(now)))
        .filter(resets::link_hash.is_null())
        .order(resets::ready_at)
        .limit(limit)
        .select((resets::id, resets::account_id, resets::ready_at))
        .load(conn)?;
    Ok(rows.into_iter().map(due).collect())
}

pub(super) fn note_reminded(tx: &mut Tx<'_>, id: &ResetId) -> Result<bool> {
    let open = resets::table.find(id).filter(resets::reminded_at.is_null().and(open!(tx.now)));
    Ok(diesel::update(open).set(resets::reminded_at.eq(tx.now)).execute(tx.conn)? == 1)
}

pub(super) fn note_link(tx: &mut Tx<'_>, id: &ResetId, token: &Token, until: Timestamp) -> Result<bool> {
    let ready = resets::link_hash.is_null().and(resets::ready_at.le(tx.now)).and(open!(tx.now));
    let noted = diesel::update(resets::table.find(id).filter(ready))
        .set((resets::link_hash.eq(token.hash()), resets::expires_at.eq(until)));
    Ok(noted.execute(tx.conn)? == 1)
}

pub(super) fn owner(conn: &mut Conn, hash: &[u8], now: Timestamp) -> Result<Option<AccountId>> {
    let found = resets::table.filter(resets::link_hash.eq(hash).assume_not_null().and(open!(now)));
    Ok(found.select(resets::account_id).first(conn).optional()?)
}

/// Spends a link of this account: of many who try, one succeeds.
pub(super) fn spend(tx: &mut Tx<'_>, hash: &[u8], account: &AccountId) -> Result<bool> {
    let theirs = resets::account_id.eq(account).and(open!(tx.now));
    let found = resets::table.filter(resets::link_hash.eq(hash).assume_not_null().and(theirs));
    Ok(diesel::update(found).set(resets::used_at.eq(tx.now)).execute(tx.conn)? == 1)
}

/// The verified addresses of an account, the primary one first.
pub(super) fn verified_addresses(conn: &mut Conn, account: &AccountId) -> Result<Vec<String>> {
    let verified = emails::account_id.eq(account).and(emails::verified_at.is_not_null());
    let addresses = emails::table.filter(verified).order((emails::is_primary.desc(), emails::id));
    Ok(addresses.select(emails::address).load(conn)?)
}
