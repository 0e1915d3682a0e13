//! Remembered devices: browsers that an account's owner trusts, so that a log-in there is spared the second step.
//!
//! They hang on the device cookie, whose token is new after each log-in. Trust is given for 30 days at most, ends with
//! the password, and spares nothing when a log-in is renewed.

use super::store;
use crate::audit::{self, Target};
use crate::secret::Token;
use crate::{AccountId, Timestamp, Tx};
use db::{Conn, Result};
use serde_json::json;

db::id!(
    /// The id of a remembered device.
    RememberedId
);

/// Seconds for which a device is remembered.
pub const REMEMBERED_SECONDS: i64 = 30 * 24 * 3600;

/// A device that is remembered, for its owner to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// Its id.
    pub id: RememberedId,
    /// The browser's `User-Agent` when it was remembered.
    pub user_agent: String,
    /// The network address from which it was remembered; may be empty.
    pub address: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it last spared a second step, or was remembered.
    pub last_used_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// The hash of the device cookie that it hangs on.
    pub token_hash: Vec<u8>,
}

/// Whether this account is spared the second step on the device that holds `token`.
pub fn is_remembered(conn: &mut Conn, token: &Token, account: &AccountId, now: Timestamp) -> Result<bool> {
    store::is_remembered(conn, &token.hash(), account, now)
}

/// Remembers the device that holds `token` from now on, for 30 days.
pub fn remember(tx: &mut Tx<'_>, token: &Token, account: &AccountId) -> Result<()> {
    let hash = token.hash();
    store::forget_remembered(tx, &hash, account)?;
    let id = RememberedId::new(tx.now);
    store::insert_remembered(tx, &id, &hash, account, tx.now.plus_seconds(REMEMBERED_SECONDS))?;
    audit::record(tx, "device.remembered", Target::account(account), json!({ "device": id }))
}

/// Notes that the device that holds `token` was spared a second step.
pub(super) fn note_use(tx: &mut Tx<'_>, token: &Token, account: &AccountId) -> Result<()> {
    store::touch_remembered(tx, &token.hash(), account)
}

/// The remembered devices of an account, the one used last first.
pub fn list(conn: &mut Conn, account: &AccountId, now: Timestamp) -> Result<Vec<Remembered>> {
    store::list_remembered(conn, account, now)
}

/// Forgets one of the account's devices. Returns whether it was remembered.
pub fn forget(tx: &mut Tx<'_>, account: &AccountId, id: &RememberedId) -> Result<bool> {
    let was_there = store::forget_remembered_by_id(tx, account, id)?;
    if was_there {
        audit::record(tx, "device.forgotten", Target::account(account), json!({ "device": id }))?;
    }
    Ok(was_there)
}

/// Forgets every device of an account: after its password, or what its second step is, changed. Returns how many.
pub fn forget_all(tx: &mut Tx<'_>, account: &AccountId) -> Result<usize> {
    store::forget_all_remembered(tx, account)
}
