//! Known devices: browsers on which an account logged in before. An attack on the account, or from the same network,
//! does not slow them down.

use super::store;
use crate::audit::{self, Target};
use crate::mail::{Circumstances, Mail};
use crate::secret::{InstallationKey, Token};
use crate::{AccountId, Timestamp, Tx, outbox};
use db::{Conn, Result};
use serde_json::json;

/// Seconds for which a device is known after its last log-in: 180 days.
pub const LIFETIME_SECONDS: i64 = 180 * 24 * 3600;

/// Seconds between two mails about new devices of one account.
const BETWEEN_NOTICES_SECONDS: i64 = 3600;

/// Whether this account logged in on the device that holds `token`.
pub fn is_known(conn: &mut Conn, token: &Token, account: &AccountId, now: Timestamp) -> Result<bool> {
    store::is_known_device(conn, &token.hash(), account, now.plus_seconds(-LIFETIME_SECONDS))
}

/// Remembers the browser as a device of this account, under a new token: the cookie to set. The accounts known under
/// its `present` token move along, and that token is void, so that a planted or copied one is worth nothing.
///
/// A device that is new, to an account that has others, is told its owner by mail, once an hour at most.
pub fn remember(tx: &mut Tx<'_>, present: Option<&Token>, account: &AccountId) -> Result<Token> {
    let token = Token::generate();
    let since = tx.now.plus_seconds(-LIFETIME_SECONDS);
    let mut known = false;
    if let Some(present) = present {
        known = store::note_use(tx, &present.hash(), account, since)?;
        if !known {
            store::forget_device(tx, &present.hash(), account)?;
        }
        store::move_device(tx, &present.hash(), &token.hash())?;
        store::move_remembered(tx, &present.hash(), &token.hash())?;
    }
    if !known {
        tell_owner(tx, account)?;
        store::insert_device(tx, &token.hash(), account)?;
    }
    Ok(token)
}

/// At the very first device there is nobody to warn of it.
fn tell_owner(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    let told = store::told_at(tx.conn, account)?;
    let Some(last) = told else {
        store::note_told(tx, account, None, Timestamp::from_seconds(0))?;
        return Ok(());
    };
    let now = tx.now;
    if last.plus_seconds(BETWEEN_NOTICES_SECONDS) > now || !store::note_told(tx, account, told, now)? {
        return Ok(());
    }
    let mail = Mail::NewDevice { circumstances: Circumstances::of(tx) };
    outbox::notify(tx, account, &mail)
}

/// A device as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDevice {
    /// Names it on our pages; see [`page_id`].
    pub id: String,
    /// What its browser called itself at the last log-in.
    pub user_agent: String,
    /// When it last logged in.
    pub last_used_at: Timestamp,
}

/// What names a device on pages: neither its token nor the hash of it leaves the database.
pub fn page_id(key: &InstallationKey, token_hash: &[u8]) -> String {
    key.mac("known device on a page", &[token_hash])[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The devices that are known, the one used last first.
pub fn list(conn: &mut Conn, key: &InstallationKey, account: &AccountId, now: Timestamp) -> Result<Vec<KnownDevice>> {
    let rows = store::devices_of(conn, account, now.plus_seconds(-LIFETIME_SECONDS))?;
    let device = |(hash, user_agent, last_used_at): (Vec<u8>, String, Timestamp)| KnownDevice {
        id: page_id(key, &hash),
        user_agent,
        last_used_at,
    };
    Ok(rows.into_iter().map(device).collect())
}

/// Forgets the account's device that is named so on pages. Returns whether it was known.
pub fn forget(tx: &mut Tx<'_>, account: &AccountId, id: &str) -> Result<bool> {
    let known = store::devices_of(tx.conn, account, Timestamp::from_seconds(0))?;
    let Some((hash, ..)) = known.into_iter().find(|(hash, ..)| page_id(tx.key, hash) == id) else { return Ok(false) };
    let forgotten = store::forget_device(tx, &hash, account)?;
    if forgotten {
        audit::record(tx, "known_device.forgotten", Target::account(account), json!({}))?;
    }
    Ok(forgotten)
}

/// Forgets every device of an account: after a recovery, or "this was not me".
pub fn forget_all(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    store::forget_devices_of(tx, account)
}
