//! The tables `known_devices` and `remembered_devices`.

use super::remembered::{Remembered, RememberedId};
use crate::{AccountId, Timestamp, Tx};
use db::schema::{accounts, known_devices, remembered_devices};
use db::{Conn, Result, Steady};
use diesel::prelude::*;

/// Whether there is such a device, used since `since`.
pub(super) fn is_known_device(conn: &mut Conn, hash: &[u8], account: &AccountId, since: Timestamp) -> Result<bool> {
    let rows = known_devices::table.find((hash, account)).filter(known_devices::last_used_at.gt(since));
    Ok(rows.count().get_result::<i64>(conn)? != 0)
}

/// Gives what is known under one token to another.
pub(super) fn move_device(tx: &mut Tx<'_>, from: &[u8], to: &[u8]) -> Result<()> {
    let rows = known_devices::table.filter(known_devices::token_hash.eq(from));
    Steady(diesel::update(rows).set(known_devices::token_hash.eq(to))).execute(tx.conn)?;
    Ok(())
}

/// Notes the use of a device that was used since `since`. Returns whether there is such a one.
pub(super) fn note_use(tx: &mut Tx<'_>, hash: &[u8], account: &AccountId, since: Timestamp) -> Result<bool> {
    let known = known_devices::table.find((hash, account)).filter(known_devices::last_used_at.gt(since));
    let used = (known_devices::last_used_at.eq(tx.now), known_devices::user_agent.eq(&tx.actor.user_agent));
    Ok(Steady(diesel::update(known).set(used)).execute(tx.conn)? == 1)
}

/// When the owner was last told of a new device: the epoch when there was a first one only, `None` when there was none.
///
/// It is kept with the account, which every log-in reads: to count the account's devices here, and then to add one,
/// would make concurrent log-ins on PostgreSQL fail and run again.
pub(super) fn told_at(conn: &mut Conn, account: &AccountId) -> Result<Option<Timestamp>> {
    let told: Option<Option<Timestamp>> =
        accounts::table.find(account).select(accounts::new_device_mail_at).first(conn).optional()?;
    Ok(told.flatten())
}

/// Notes when the owner is told, if it still stands at `present`: of two log-ins at once, one tells.
pub(super) fn note_told(
    tx: &mut Tx<'_>,
    account: &AccountId,
    present: Option<Timestamp>,
    told: Timestamp,
) -> Result<bool> {
    let account = accounts::table.find(account);
    let told = accounts::new_device_mail_at.eq(told);
    let changed = match present {
        Some(present) => {
            let same = accounts::new_device_mail_at.eq(present);
            diesel::update(account.filter(same)).set(told).execute(tx.conn)?
        }
        None => diesel::update(account.filter(accounts::new_device_mail_at.is_null())).set(told).execute(tx.conn)?,
    };
    Ok(changed == 1)
}

/// Adds a device.
pub(super) fn insert_device(tx: &mut Tx<'_>, hash: &[u8], account: &AccountId) -> Result<()> {
    diesel::insert_into(known_devices::table)
        .values((
            known_devices::token_hash.eq(hash),
            known_devices::account_id.eq(account),
            known_devices::user_agent.eq(&tx.actor.user_agent),
            known_devices::created_at.eq(tx.now),
            known_devices::last_used_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The account's devices used since `since`, the latest first: hash, browser, last use.
pub(super) fn devices_of(
    conn: &mut Conn,
    account: &AccountId,
    since: Timestamp,
) -> Result<Vec<(Vec<u8>, String, Timestamp)>> {
    let theirs = known_devices::account_id.eq(account).and(known_devices::last_used_at.gt(since));
    let columns = (known_devices::token_hash, known_devices::user_agent, known_devices::last_used_at);
    Ok(known_devices::table.filter(theirs).order(known_devices::last_used_at.desc()).select(columns).load(conn)?)
}

/// Removes a device of one account. Returns whether it was there.
pub(super) fn forget_device(tx: &mut Tx<'_>, hash: &[u8], account: &AccountId) -> Result<bool> {
    Ok(diesel::delete(known_devices::table.find((hash, account))).execute(tx.conn)? == 1)
}

/// Removes all devices of one account.
pub(super) fn forget_devices_of(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    diesel::delete(known_devices::table.filter(known_devices::account_id.eq(account))).execute(tx.conn)?;
    let none = accounts::new_device_mail_at.eq(None::<Timestamp>);
    diesel::update(accounts::table.find(account)).set(none).execute(tx.conn)?;
    Ok(())
}

/// Whether the device is remembered, now.
pub(super) fn is_remembered(conn: &mut Conn, hash: &[u8], account: &AccountId, now: Timestamp) -> Result<bool> {
    let there = remembered_devices::token_hash
        .eq(hash)
        .and(remembered_devices::account_id.eq(account))
        .and(remembered_devices::expires_at.gt(now));
    Ok(remembered_devices::table.filter(there).count().get_result::<i64>(conn)? != 0)
}

/// Remembers a device.
pub(super) fn insert_remembered(
    tx: &mut Tx<'_>,
    id: &RememberedId,
    hash: &[u8],
    account: &AccountId,
    expires_at: Timestamp,
) -> Result<()> {
    diesel::insert_into(remembered_devices::table)
        .values((
            remembered_devices::id.eq(id),
            remembered_devices::token_hash.eq(hash),
            remembered_devices::account_id.eq(account),
            remembered_devices::user_agent.eq(&tx.actor.user_agent),
            remembered_devices::address.eq(tx.actor.address.map(|a| a.to_string()).unwrap_or_default()),
            remembered_devices::created_at.eq(tx.now),
            remembered_devices::last_used_at.eq(tx.now),
            remembered_devices::expires_at.eq(expires_at),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Gives what is remembered under one token to another.
pub(super) fn move_remembered(tx: &mut Tx<'_>, from: &[u8], to: &[u8]) -> Result<()> {
    let rows = remembered_devices::table.filter(remembered_devices::token_hash.eq(from));
    diesel::update(rows).set(remembered_devices::token_hash.eq(to)).execute(tx.conn)?;
    Ok(())
}

/// Notes a use.
pub(super) fn touch_remembered(tx: &mut Tx<'_>, hash: &[u8], account: &AccountId) -> Result<()> {
    let row = remembered_devices::token_hash.eq(hash).and(remembered_devices::account_id.eq(account));
    diesel::update(remembered_devices::table.filter(row))
        .set(remembered_devices::last_used_at.eq(tx.now))
        .execute(tx.conn)?;
    Ok(())
}

/// The remembered devices of an account.
pub(super) fn list_remembered(conn: &mut Conn, account: &AccountId, now: Timestamp) -> Result<Vec<Remembered>> {
    type Row = (RememberedId, String, String, Timestamp, Timestamp, Timestamp, Vec<u8>);
    let rows: Vec<Row> = remembered_devices::table
        .filter(remembered_devices::account_id.eq(account).and(remembered_devices::expires_at.gt(now)))
        .order((remembered_devices::last_used_at.desc(), remembered_devices::id.desc()))
        .select((
            remembered_devices::id,
            remembered_devices::user_agent,
            remembered_devices::address,
            remembered_devices::created_at,
            remembered_devices::last_used_at,
            remembered_devices::expires_at,
            remembered_devices::token_hash,
        ))
        .load(conn)?;
    let device = |(id, user_agent, address, created_at, last_used_at, expires_at, token_hash)| Remembered {
        id,
        user_agent,
        address,
        created_at,
        last_used_at,
        expires_at,
        token_hash,
    };
    Ok(rows.into_iter().map(device).collect())
}

/// Forgets a device by its token.
pub(super) fn forget_remembered(tx: &mut Tx<'_>, hash: &[u8], account: &AccountId) -> Result<()> {
    let row = remembered_devices::token_hash.eq(hash).and(remembered_devices::account_id.eq(account));
    diesel::delete(remembered_devices::table.filter(row)).execute(tx.conn)?;
    Ok(())
}

/// Forgets one of the account's devices by its id.
pub(super) fn forget_remembered_by_id(tx: &mut Tx<'_>, account: &AccountId, id: &RememberedId) -> Result<bool> {
    let row = remembered_devices::table.find(id).filter(remembered_devices::account_id.eq(account));
    Ok(diesel::delete(row).execute(tx.conn)? == 1)
}

/// Forgets all of the account's devices.
pub(super) fn forget_all_remembered(tx: &mut Tx<'_>, account: &AccountId) -> Result<usize> {
    let rows = remembered_devices::table.filter(remembered_devices::account_id.eq(account));
    Ok(diesel::delete(rows).execute(tx.conn)?)
}
