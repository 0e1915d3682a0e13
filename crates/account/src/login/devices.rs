//! Known devices: browsers on which an account logged in before. An attack on the account, or from the same network,
//! does not slow them down.

use super::store;
use crate::secret::Token;
use crate::{AccountId, Timestamp, Tx};
use db::{Conn, Result};

/// Seconds for which a device is known after its last log-in: 180 days.
pub const LIFETIME_SECONDS: i64 = 180 * 24 * 3600;

/// Whether this account logged in on the device that holds `token`.
pub fn is_known(conn: &mut Conn, token: &Token, account: &AccountId, now: Timestamp) -> Result<bool> {
    store::is_known_device(conn, &token.hash(), account, now.plus_seconds(-LIFETIME_SECONDS))
}

/// Remembers the browser as a device of this account, under a new token: the cookie to set. The accounts known under
/// its `present` token move along, and that token is void, so that a planted or copied one is worth nothing.
pub fn remember(tx: &mut Tx<'_>, present: Option<&Token>, account: &AccountId) -> Result<Token> {
    let token = Token::generate();
    if let Some(present) = present {
        store::forget_device(tx, &present.hash(), account)?;
        store::move_device(tx, &present.hash(), &token.hash())?;
        store::move_remembered(tx, &present.hash(), &token.hash())?;
    }
    store::insert_device(tx, &token.hash(), account)?;
    Ok(token)
}

/// Forgets every device of an account: after a recovery, or "this was not me".
pub fn forget_all(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    store::forget_devices_of(tx, account)
}
