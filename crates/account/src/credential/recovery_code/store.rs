//! The table `recovery_codes`.

use crate::{AccountId, Tx};
use db::schema::recovery_codes;
use db::{Conn, Result};
use diesel::prelude::*;

db::id!(
    /// The id of a recovery code's row.
    RecoveryCodeId
);

pub(super) fn insert(tx: &mut Tx<'_>, account: &AccountId, mac: &[u8]) -> Result<()> {
    let row = (
        recovery_codes::id.eq(RecoveryCodeId::new(tx.now)),
        recovery_codes::account_id.eq(account),
        recovery_codes::code_mac.eq(mac),
        recovery_codes::created_at.eq(tx.now),
    );
    diesel::insert_into(recovery_codes::table).values(row).execute(tx.conn)?;
    Ok(())
}

pub(super) fn left(conn: &mut Conn, account: &AccountId) -> Result<i64> {
    let unused = recovery_codes::account_id.eq(account).and(recovery_codes::used_at.is_null());
    Ok(recovery_codes::table.filter(unused).count().get_result(conn)?)
}

/// Spends a code. Returns whether it was there and unspent: of many who try, one succeeds.
pub(super) fn spend(tx: &mut Tx<'_>, account: &AccountId, mac: &[u8]) -> Result<bool> {
    let unused = recovery_codes::account_id
        .eq(account)
        .and(recovery_codes::code_mac.eq(mac))
        .and(recovery_codes::used_at.is_null());
    let spent = diesel::update(recovery_codes::table.filter(unused)).set(recovery_codes::used_at.eq(tx.now));
    Ok(spent.execute(tx.conn)? > 0)
}

pub(super) fn delete(tx: &mut Tx<'_>, account: &AccountId) -> Result<usize> {
    let theirs = recovery_codes::account_id.eq(account);
    Ok(diesel::delete(recovery_codes::table.filter(theirs)).execute(tx.conn)?)
}
