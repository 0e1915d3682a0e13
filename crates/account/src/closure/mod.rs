//! Leaving: an account that its owner deactivates, or has deleted.
//!
//! Both close the door at once: sessions and tokens end, products are told. A deactivated account opens again when its
//! owner logs in, with all that a log-in takes, and says so. One that is to be deleted does the same for
//! [`GRACE_SECONDS`]; then [`keep`] erases it, and its id stays so that nobody is given it again.
//!
//! A row of the table `closures` is the wish. Whoever takes the row away, the owner who comes back or the erasure, has
//! won, so that no account is half erased: each is one transaction, whatever happens between two of them.

mod model;
mod store;
#[cfg(test)]
mod tests;
mod worker;

pub use model::{Closure, GRACE_SECONDS, Reason, may_delete};
pub use store::{of, products, waiting_login};
pub use worker::{erase_due, keep};

use crate::account::{self, Account, AccountStatus};
use crate::audit::{self, Target};
use crate::mail::{Circumstances, Mail};
use crate::secret::InstallationKey;
use crate::{AccountId, Tx, administration, api_token, outbox, revocation, session};
use db::{Conn, Result};
use serde_json::json;

/// Whether somebody who proves to be the account's owner may come in: it is active, or its owner closed it and may open
/// it again. What an operator closed stays closed.
pub fn may_enter(conn: &mut Conn, account: &Account) -> Result<bool> {
    Ok(account.is_active() || (account.status == AccountStatus::Deactivated && store::of(conn, &account.id)?.is_some()))
}

/// Whether the account may be deactivated or deleted by its owner now, and if not, why.
pub fn may_leave(conn: &mut Conn, account: &Account) -> Result<std::result::Result<(), Reason>> {
    Ok(may_delete(account, administration::counts(conn)?.operators))
}

/// Deactivates an account at its owner's wish. `login_link` opens it again.
pub fn deactivate(
    tx: &mut Tx<'_>,
    key: &InstallationKey,
    id: &AccountId,
    login_link: &str,
) -> Result<std::result::Result<(), Reason>> {
    let account = match close(tx, id, None)? {
        Ok(account) => account,
        Err(reason) => return Ok(Err(reason)),
    };
    audit::record(tx, "account.closed", Target::account(id), json!({}))?;
    let mail = Mail::ClosedByOwner { login_link: login_link.to_owned(), circumstances: Circumstances::of(tx) };
    outbox::enqueue(tx, key, &account.email.address, Some(id), &mail)?;
    Ok(Ok(()))
}

/// Notes that the owner wants the account deleted: it is closed, and erased after [`GRACE_SECONDS`].
pub fn ask_deletion(
    tx: &mut Tx<'_>,
    key: &InstallationKey,
    id: &AccountId,
    login_link: &str,
) -> Result<std::result::Result<(), Reason>> {
    let erase_at = tx.now.plus_seconds(GRACE_SECONDS);
    let account = match close(tx, id, Some(erase_at))? {
        Ok(account) => account,
        Err(reason) => return Ok(Err(reason)),
    };
    audit::record(tx, "deletion.requested", Target::account(id), json!({}))?;
    let mail =
        Mail::DeletionAsked { erase_at, login_link: login_link.to_owned(), circumstances: Circumstances::of(tx) };
    outbox::enqueue(tx, key, &account.email.address, Some(id), &mail)?;
    Ok(Ok(()))
}

/// Shuts the door: status, sessions, tokens; the products hear of it.
fn close(
    tx: &mut Tx<'_>,
    id: &AccountId,
    erase_at: Option<db::Timestamp>,
) -> Result<std::result::Result<Account, Reason>> {
    let Some(account) = account::find(tx.conn, id)?.filter(Account::is_active) else {
        return Ok(Err(Reason::NotActive));
    };
    if let Err(reason) = may_leave(tx.conn, &account)? {
        return Ok(Err(reason));
    }
    if !account::set_status(tx, id, AccountStatus::Active, AccountStatus::Deactivated, None)? {
        return Ok(Err(Reason::NotActive));
    }
    store::insert(tx, id, erase_at)?;
    session::end_all(tx, id, None)?;
    revocation::grants(tx, id)?;
    api_token::revoke_all(tx, id)?;
    Ok(Ok(account))
}

/// Opens an account again whose owner closed it and has just logged in, with all that a log-in takes. Returns what it
/// was kept from; `None` when it was not closed, or is erased: of two who try, one succeeds.
pub fn reopen(tx: &mut Tx<'_>, key: &InstallationKey, id: &AccountId) -> Result<Option<Closure>> {
    let Some(closure) = take_back(tx, id)? else { return Ok(None) };
    let circumstances = Circumstances::of(tx);
    let (action, mail) = match closure.erase_at {
        Some(_) => ("deletion.cancelled", Mail::DeletionCancelled { by_operator: false, circumstances }),
        None => ("account.reopened", Mail::OpenedByOwner { circumstances }),
    };
    audit::record(tx, action, Target::account(id), json!({}))?;
    if let Some(email) = account::primary_email(tx.conn, id)? {
        outbox::enqueue(tx, key, &email.address, Some(id), &mail)?;
    }
    Ok(Some(closure))
}

/// Takes the wish back and opens the door.
pub(crate) fn take_back(tx: &mut Tx<'_>, id: &AccountId) -> Result<Option<Closure>> {
    let Some(closure) = store::take(tx, id)? else { return Ok(None) };
    account::set_status(tx, id, AccountStatus::Deactivated, AccountStatus::Active, None)?;
    Ok(Some(closure))
}

/// Where an account is opened again: a log-in that leads to the account pages.
pub fn login_link(public_url: &str) -> String {
    format!("{public_url}/login?to=%2Faccount")
}
