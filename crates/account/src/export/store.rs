//! The table `exports`, and the pictures of `avatars`.

use super::{Export, ExportId, KEPT_SECONDS, State};
use crate::{AccountId, Tx};
use db::schema::exports::dsl;
use db::schema::{accounts, avatars};
use db::{Conn, Result, Timestamp};
use diesel::prelude::*;

type Row = (ExportId, Timestamp, i64, Option<Timestamp>, Option<Timestamp>, i64, Timestamp);

fn export_of((id, created_at, done, ready_at, failed_at, bytes, expires_at): Row) -> Export {
    let state = match (ready_at, failed_at) {
        (Some(_), _) => State::Ready { bytes, until: expires_at },
        (None, Some(_)) => State::Failed,
        (None, None) => State::Working(done),
    };
    Export { id, created_at, state }
}

pub(super) fn insert(tx: &mut Tx<'_>, id: &ExportId, account: &AccountId) -> Result<()> {
    diesel::insert_into(dsl::exports)
        .values((
            dsl::id.eq(id),
            dsl::account_id.eq(account),
            dsl::created_at.eq(tx.now),
            dsl::done.eq(0_i64),
            dsl::attempts.eq(0_i64),
            dsl::bytes.eq(0_i64),
            dsl::expires_at.eq(tx.now.plus_seconds(KEPT_SECONDS)),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// What an account asked for since an instant, the newest first.
pub(super) fn since(conn: &mut Conn, account: &AccountId, instant: Timestamp) -> Result<Vec<Export>> {
    let theirs = dsl::account_id.eq(account).and(dsl::created_at.gt(instant));
    let rows: Vec<Row> = dsl::exports
        .filter(theirs)
        .order(dsl::id.desc())
        .select((dsl::id, dsl::created_at, dsl::done, dsl::ready_at, dsl::failed_at, dsl::bytes, dsl::expires_at))
        .load(conn)?;
    Ok(rows.into_iter().map(export_of).collect())
}

/// The newest export of an account, while there is something to show of it.
pub fn latest(conn: &mut Conn, account: &AccountId, now: Timestamp) -> Result<Option<Export>> {
    let shown = dsl::account_id
        .eq(account)
        .and(dsl::expires_at.gt(now))
        .and(dsl::ready_at.is_null().or(dsl::sealed_archive.is_not_null()));
    let row: Option<Row> = dsl::exports
        .filter(shown)
        .order(dsl::id.desc())
        .select((dsl::id, dsl::created_at, dsl::done, dsl::ready_at, dsl::failed_at, dsl::bytes, dsl::expires_at))
        .first(conn)
        .optional()?;
    Ok(row.map(export_of))
}

/// The sealed file of an account's own export, while it is kept.
pub(super) fn sealed(conn: &mut Conn, account: &AccountId, id: &ExportId, now: Timestamp) -> Result<Option<Vec<u8>>> {
    let kept = dsl::account_id.eq(account).and(dsl::ready_at.is_not_null()).and(dsl::expires_at.gt(now));
    let found: Option<Option<Vec<u8>>> =
        dsl::exports.find(id).filter(kept).select(dsl::sealed_archive).first(conn).optional()?;
    Ok(found.flatten())
}

/// Throws one away: the file is gone, the row stays for a while to be counted.
pub(super) fn discard(tx: &mut Tx<'_>, account: &AccountId, id: &ExportId) -> Result<bool> {
    let there = dsl::account_id.eq(account).and(dsl::expires_at.gt(tx.now));
    let there = there.and(dsl::ready_at.is_null().or(dsl::sealed_archive.is_not_null()));
    Ok(diesel::update(dsl::exports.find(id).filter(there)).set(gone(tx.now)).execute(tx.conn)? == 1)
}

/// Throws all of an account away: a new one takes their place.
pub(super) fn discard_all(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    let theirs = dsl::exports.filter(dsl::account_id.eq(account).and(dsl::sealed_archive.is_not_null()));
    diesel::update(theirs).set(gone(tx.now)).execute(tx.conn)?;
    Ok(())
}

type Gone = (
    diesel::dsl::Eq<dsl::sealed_archive, Option<Vec<u8>>>,
    diesel::dsl::Eq<dsl::ready_at, Timestamp>,
    diesel::dsl::Eq<dsl::failed_at, Option<Timestamp>>,
    diesel::dsl::Eq<dsl::lease_owner, Option<String>>,
);

/// Ready, and without a file: what nobody is to see or make any more.
fn gone(now: Timestamp) -> Gone {
    (dsl::sealed_archive.eq(None), dsl::ready_at.eq(now), dsl::failed_at.eq(None), dsl::lease_owner.eq(None))
}

/// Whether one waits that nobody is making.
pub(super) fn is_due(conn: &mut Conn, now: Timestamp) -> Result<bool> {
    let waiting = dsl::ready_at.is_null().and(dsl::failed_at.is_null());
    let free = dsl::lease_until.is_null().or(dsl::lease_until.le(now));
    let first: Option<ExportId> = dsl::exports.filter(waiting).filter(free).select(dsl::id).first(conn).optional()?;
    Ok(first.is_some())
}

/// Takes the oldest that waits, until `lease_until`: its id, account, and how often it was tried before.
pub(super) fn claim(
    tx: &mut Tx<'_>,
    owner: &str,
    lease_until: Timestamp,
) -> Result<Option<(ExportId, AccountId, i64)>> {
    let waiting = dsl::ready_at.is_null().and(dsl::failed_at.is_null());
    let free = dsl::lease_until.is_null().or(dsl::lease_until.le(tx.now));
    let oldest: Option<ExportId> =
        dsl::exports.filter(waiting).filter(free).order(dsl::id).select(dsl::id).first(tx.conn).optional()?;
    let Some(id) = oldest else { return Ok(None) };
    let taken = diesel::update(dsl::exports.find(&id).filter(waiting).filter(free))
        .set((
            dsl::lease_owner.eq(owner),
            dsl::lease_until.eq(lease_until),
            dsl::attempts.eq(dsl::attempts + 1_i64),
            dsl::done.eq(0_i64),
        ))
        .returning((dsl::id, dsl::account_id, dsl::attempts))
        .get_result(tx.conn)
        .optional()?;
    Ok(taken)
}

/// Notes how many parts are gathered, and keeps the lease. Returns `false` when it is not `owner`'s any more: another
/// node took it, or it was thrown away.
pub(super) fn progress(tx: &mut Tx<'_>, id: &ExportId, owner: &str, done: i64, lease_until: Timestamp) -> Result<bool> {
    let own = dsl::exports.find(id).filter(dsl::lease_owner.eq(owner).and(dsl::ready_at.is_null()));
    let noted = (dsl::done.eq(done), dsl::lease_until.eq(lease_until));
    Ok(diesel::update(own).set(noted).execute(tx.conn)? == 1)
}

/// Keeps the file. Returns `false` when the lease is not `owner`'s any more.
pub(super) fn finish(tx: &mut Tx<'_>, id: &ExportId, owner: &str, sealed: &[u8], bytes: i64) -> Result<bool> {
    let own = dsl::exports.find(id).filter(dsl::lease_owner.eq(owner).and(dsl::ready_at.is_null()));
    let kept = diesel::update(own)
        .set((
            dsl::sealed_archive.eq(sealed),
            dsl::bytes.eq(bytes),
            dsl::ready_at.eq(tx.now),
            dsl::expires_at.eq(tx.now.plus_seconds(KEPT_SECONDS)),
            dsl::lease_owner.eq(None::<String>),
        ))
        .execute(tx.conn)?;
    Ok(kept == 1)
}

/// Gives one up.
pub(super) fn give_up(tx: &mut Tx<'_>, id: &ExportId) -> Result<()> {
    let waiting = dsl::exports.find(id).filter(dsl::ready_at.is_null());
    let failed = (dsl::failed_at.eq(tx.now), dsl::lease_owner.eq(None::<String>));
    diesel::update(waiting).set(failed).execute(tx.conn)?;
    Ok(())
}

/// Whether the account is in use; only then something is made for it.
pub(super) fn is_active(conn: &mut Conn, account: &AccountId) -> Result<bool> {
    let active = accounts::table.find(account).filter(accounts::status.eq("active"));
    Ok(active.count().get_result::<i64>(conn)? == 1)
}

/// An account's pictures: id, media type, the picture.
pub(super) fn pictures(conn: &mut Conn, account: &AccountId) -> Result<Vec<(String, String, Vec<u8>)>> {
    let shown = avatars::account_id.eq(account).and(avatars::media_type.ne(""));
    let columns = (avatars::id, avatars::media_type, avatars::large);
    Ok(avatars::table.filter(shown).order(avatars::id).select(columns).load(conn)?)
}

/// Removes at most `limit` rows that ended before an instant. Returns how many. What was thrown away stays for as long as
/// it would have been kept, and so is counted among those of its day.
pub(crate) fn remove_expired(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<usize> {
    let ids: Vec<ExportId> =
        dsl::exports.filter(dsl::expires_at.lt(before)).select(dsl::id).limit(limit).load(tx.conn)?;
    Ok(diesel::delete(dsl::exports.filter(dsl::id.eq_any(ids))).execute(tx.conn)?)
}
