//! Recovery codes: ten single-use codes on paper, for the day when the phone is gone.
//!
//! They are shown once and kept as keyed hashes that are bound to the account. [`make_new`] makes ten in place of those
//! before, [`spend`] takes one, once, and tells the owner by mail.

mod model;
mod store;
#[cfg(test)]
mod tests;

pub use model::RecoveryCode;

use crate::audit::{self, Target};
use crate::mail::{Circumstances, Mail};
use crate::{AccountId, Conn, Tx, outbox};
use db::Result;
use serde_json::json;

/// How many codes a set has.
pub const SET: usize = 10;

/// Ten new codes, to be shown once. Those before are void.
pub fn make_new(tx: &mut Tx<'_>, account: &AccountId) -> Result<[RecoveryCode; SET]> {
    store::delete(tx, account)?;
    let codes: [RecoveryCode; SET] = std::array::from_fn(|_| RecoveryCode::generate());
    for code in &codes {
        let mac = code.mac(tx.key, account);
        store::insert(tx, account, &mac)?;
    }
    Ok(codes)
}

/// How many codes are left to an account.
pub fn left(conn: &mut Conn, account: &AccountId) -> Result<i64> {
    store::left(conn, account)
}

/// Takes a code, once, and tells the account's owner by mail how many are left. Returns `false` when it is none of the
/// account's, or was taken before.
pub fn spend(tx: &mut Tx<'_>, account: &AccountId, typed: &str) -> Result<bool> {
    let Some(code) = RecoveryCode::parse(typed) else { return Ok(false) };
    let mac = code.mac(tx.key, account);
    if !store::spend(tx, account, &mac)? {
        return Ok(false);
    }
    let left = store::left(tx.conn, account)?;
    audit::record(tx, "recovery_code.used", Target::account(account), json!({ "left": left }))?;
    let mail = Mail::RecoveryCodeUsed { left, circumstances: Circumstances::of(tx) };
    outbox::notify(tx, account, &mail)?;
    Ok(true)
}

/// Makes every code of an account void: it has no second step any more. Returns how many there were.
pub fn remove_all(tx: &mut Tx<'_>, account: &AccountId) -> Result<usize> {
    store::delete(tx, account)
}
