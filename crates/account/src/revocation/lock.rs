//! "This was not me": the account's owner says that somebody else used it, and the door is locked.

use super::{everything, store};
use crate::account::{self, Account};
use crate::audit::{self, Target};
use crate::credential::password;
use crate::mail::{Circumstances, Mail};
use crate::{AccountId, Tx, addresses, email_change, outbox, recovery, session};
use db::Result;
use serde_json::json;

/// Locks the door, for somebody who is logged in: whatever the account gave out ends, its password opens nothing any
/// more, and a link for a new one is on its way to the owner's mailbox, the one thing that a thief of the password has
/// not. What waits to be confirmed is given up, and so are further addresses of the last week, which a thief may have
/// added. Second steps stay: the log-in with the new password still asks for them.
///
/// Returns whether the account was there and active.
pub fn lock(tx: &mut Tx<'_>, public_url: &str, account: &AccountId) -> Result<bool> {
    let Some(owner) = account::find(tx.conn, account)?.filter(Account::is_active) else { return Ok(false) };
    if session::logins_of_account(tx.conn, account)?.is_empty() {
        // A second click at the same moment: another link would make the first one void.
        return Ok(true);
    }
    everything(tx, account)?;
    store::forget_consents(tx, account)?;
    password::void(tx, account)?;
    recovery::void_links(tx, account)?;
    email_change::cancel(tx, account)?;
    addresses::cancel_all(tx, account)?;
    addresses::remove_recent(tx, account)?;
    let link = recovery::issue_link(tx, account, None)?;
    audit::record(tx, "account.locked", Target::account(account), json!({}))?;
    let mail =
        Mail::AccountLocked { link: recovery::link_address(public_url, &link), circumstances: Circumstances::of(tx) };
    let key = tx.key;
    outbox::enqueue(tx, key, &owner.email.address, Some(account), &mail)?;
    Ok(true)
}
