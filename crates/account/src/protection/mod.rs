//! Two-step verification in its owner's hands: apps are added, moved to a new phone, renamed and removed, recovery codes
//! are made new. Each change is noted in the audit log and told by mail.
//!
//! The caller has made sure that it is the owner who acts, by a fresh proof.

mod apps;
mod recovery_codes;
#[cfg(test)]
mod tests;

pub use apps::{Added, Removed, add, begin, remove, rename};
pub use recovery_codes::make_codes;

use crate::credential::passkey;
use crate::credential::recovery_code;
use crate::credential::totp::{self, AppId};
use crate::login::remembered;
use crate::mail::Mail;
use crate::{AccountId, Conn, Tx, account, outbox, second_step};
use db::Result;

/// Whether the account has a second step of log-in. Recovery codes alone are none.
pub fn is_on(conn: &mut Conn, account: &AccountId) -> Result<bool> {
    Ok(second_step::means(conn, account)?.has_second_step())
}

/// Whether this app is all that makes a second step of log-in, so that removing it turns two-step verification off.
pub fn is_last(conn: &mut Conn, account: &AccountId, app: &AppId) -> Result<bool> {
    let apps = totp::list(conn, account)?;
    Ok(apps.len() == 1 && apps[0].id == *app && !second_step::means(conn, account)?.passkeys)
}

/// Puts a notice to the account's owner in the outbox.
fn notify(tx: &mut Tx<'_>, account: &AccountId, mail: &Mail) -> Result<()> {
    if let Some(email) = account::primary_email(tx.conn, account)? {
        outbox::enqueue(tx, tx.key, &email.address, Some(account), mail)?;
    }
    Ok(())
}

/// Removes every second step of an account, with its recovery codes and the devices that were spared one. Whoever calls
/// tells the owner.
pub(crate) fn remove_everything(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    totp::remove_all(tx, account)?;
    passkey::remove_all(tx, account)?;
    remembered::forget_all(tx, account)?;
    clear_up(tx, account)
}

/// What goes with the last second step: there is nothing left that recovery codes would stand in for.
fn clear_up(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    recovery_code::remove_all(tx, account)?;
    Ok(())
}
