//! The table `known_devices`.

use crate::{AccountId, Timestamp, Tx};
use db::schema::known_devices;
use db::{Conn, Result};
use diesel::prelude::*;

/// Whether there is such a device, used since `since`.
pub(super) fn is_known_device(conn: &mut Conn, hash: &[u8], account: &AccountId, since: Timestamp) -> Result<bool> {
    let rows = known_devices::table.find((hash, account)).filter(known_devices::last_used_at.gt(since));
    Ok(rows.count().get_result::<i64>(conn)? != 0)
}

/// Gives what is known under one token to another.
pub(super) fn move_device(tx: &mut Tx<'_>, from: &[u8], to: &[u8]) -> Result<()> {
    let rows = known_devices::table.filter(known_devices::token_hash.eq(from));
    diesel::update(rows).set(known_devices::token_hash.eq(to)).execute(tx.conn)?;
    Ok(())
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

/// Removes a device of one account.
pub(super) fn forget_device(tx: &mut Tx<'_>, hash: &[u8], account: &AccountId) -> Result<()> {
    diesel::delete(known_devices::table.find((hash, account))).execute(tx.conn)?;
    Ok(())
}

/// Removes all devices of one account.
pub(super) fn forget_devices_of(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    diesel::delete(known_devices::table.filter(known_devices::account_id.eq(account))).execute(tx.conn)?;
    Ok(())
}
