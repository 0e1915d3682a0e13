//! The table `totp_apps`.

use super::{App, AppId};
use crate::{AccountId, Tx};
use db::schema::totp_apps;
use db::{Conn, Result, Timestamp};
use diesel::prelude::*;

/// An app that waits, as its row has it.
pub(super) struct WaitingRow {
    pub name: String,
    pub sealed_secret: Vec<u8>,
    pub replaces: Option<AppId>,
}

pub(super) fn count(conn: &mut Conn, account: &AccountId) -> Result<i64> {
    let counts = totp_apps::account_id.eq(account).and(totp_apps::confirmed_at.is_not_null());
    Ok(totp_apps::table.filter(counts).count().get_result(conn)?)
}

pub(super) fn list(conn: &mut Conn, account: &AccountId) -> Result<Vec<App>> {
    let rows: Vec<(AppId, String, Option<Timestamp>, Option<Timestamp>)> = totp_apps::table
        .filter(totp_apps::account_id.eq(account).and(totp_apps::confirmed_at.is_not_null()))
        .order(totp_apps::id)
        .select((totp_apps::id, totp_apps::name, totp_apps::confirmed_at, totp_apps::last_used_at))
        .load(conn)?;
    let app = |(id, name, confirmed_at, last_used_at): (AppId, String, Option<Timestamp>, Option<Timestamp>)| {
        Some(App { id, name, added_at: confirmed_at?, last_used_at })
    };
    Ok(rows.into_iter().filter_map(app).collect())
}

pub(super) fn secrets(conn: &mut Conn, account: &AccountId) -> Result<Vec<(AppId, Vec<u8>)>> {
    Ok(totp_apps::table
        .filter(totp_apps::account_id.eq(account).and(totp_apps::confirmed_at.is_not_null()))
        .order(totp_apps::id)
        .select((totp_apps::id, totp_apps::sealed_secret))
        .load(conn)?)
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    id: &AppId,
    account: &AccountId,
    name: &str,
    sealed_secret: &[u8],
    replaces: Option<&AppId>,
    expires_at: Timestamp,
) -> Result<()> {
    let row = (
        totp_apps::id.eq(id),
        totp_apps::account_id.eq(account),
        totp_apps::name.eq(name),
        totp_apps::sealed_secret.eq(sealed_secret),
        totp_apps::replaces.eq(replaces),
        totp_apps::last_step.eq(0_i64),
        totp_apps::created_at.eq(tx.now),
        totp_apps::expires_at.eq(expires_at),
    );
    diesel::insert_into(totp_apps::table).values(row).execute(tx.conn)?;
    Ok(())
}

pub(super) fn waiting(conn: &mut Conn, account: &AccountId, app: &AppId, now: Timestamp) -> Result<Option<WaitingRow>> {
    let waits = totp_apps::account_id
        .eq(account)
        .and(totp_apps::confirmed_at.is_null())
        .and(totp_apps::expires_at.gt(now).assume_not_null());
    let row: Option<(String, Vec<u8>, Option<AppId>)> = totp_apps::table
        .find(app)
        .filter(waits)
        .select((totp_apps::name, totp_apps::sealed_secret, totp_apps::replaces))
        .first(conn)
        .optional()?;
    Ok(row.map(|(name, sealed_secret, replaces)| WaitingRow { name, sealed_secret, replaces }))
}

/// Lets an app count. Returns whether it still waited: of many who try, one succeeds.
pub(super) fn confirm(tx: &mut Tx<'_>, account: &AccountId, app: &AppId, name: &str, step: i64) -> Result<bool> {
    let waits = totp_apps::account_id
        .eq(account)
        .and(totp_apps::confirmed_at.is_null())
        .and(totp_apps::expires_at.gt(tx.now).assume_not_null());
    let changed = diesel::update(totp_apps::table.find(app).filter(waits))
        .set((
            totp_apps::name.eq(name),
            totp_apps::last_step.eq(step),
            totp_apps::replaces.eq(None::<AppId>),
            totp_apps::confirmed_at.eq(tx.now),
            totp_apps::expires_at.eq(None::<Timestamp>),
        ))
        .execute(tx.conn)?;
    Ok(changed == 1)
}

/// Notes that the code of this step was taken. Returns whether neither it nor a newer one was before: of many who try,
/// one succeeds.
pub(super) fn spend(tx: &mut Tx<'_>, account: &AccountId, app: &AppId, step: i64) -> Result<bool> {
    let unspent =
        totp_apps::account_id.eq(account).and(totp_apps::confirmed_at.is_not_null()).and(totp_apps::last_step.lt(step));
    let changed = diesel::update(totp_apps::table.find(app).filter(unspent))
        .set((totp_apps::last_step.eq(step), totp_apps::last_used_at.eq(tx.now)))
        .execute(tx.conn)?;
    Ok(changed == 1)
}

pub(super) fn rename(tx: &mut Tx<'_>, account: &AccountId, app: &AppId, name: &str) -> Result<bool> {
    let own = totp_apps::account_id.eq(account).and(totp_apps::confirmed_at.is_not_null());
    let changed = diesel::update(totp_apps::table.find(app).filter(own)).set(totp_apps::name.eq(name));
    Ok(changed.execute(tx.conn)? == 1)
}

/// Removes an app that counts. Returns its name.
pub(super) fn remove(tx: &mut Tx<'_>, account: &AccountId, app: &AppId) -> Result<Option<String>> {
    let own = totp_apps::account_id.eq(account).and(totp_apps::confirmed_at.is_not_null());
    let removed = diesel::delete(totp_apps::table.find(app).filter(own)).returning(totp_apps::name);
    Ok(removed.get_result(tx.conn).optional()?)
}

pub(super) fn remove_all(tx: &mut Tx<'_>, account: &AccountId) -> Result<usize> {
    Ok(diesel::delete(totp_apps::table.filter(totp_apps::account_id.eq(account))).execute(tx.conn)?)
}

pub(super) fn delete_waiting(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    let waits = totp_apps::account_id.eq(account).and(totp_apps::confirmed_at.is_null());
    diesel::delete(totp_apps::table.filter(waits)).execute(tx.conn)?;
    Ok(())
}
