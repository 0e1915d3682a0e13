//! Another e-mail address for an account: confirmed at the new one, told to the old one, which can take it back.
//!
//! Until the new address is confirmed the old one stays in use. Whether the new address already has an account shows
//! only in the mail that arrives there.

mod store;
#[cfg(test)]
mod tests;

use crate::account::{self, Account, AccountStatus};
use crate::audit::{self, Target};
use crate::email::Email;
use crate::mail::{Circumstances, Mail};
use crate::secret::{InstallationKey, Token};
use crate::throttle::{self, Subject, Verdict};
use crate::{AccountId, Conn, Timestamp, Tx, addresses, outbox, recovery, revocation};
use db::{Error, Result};
use serde_json::json;

db::id!(
    /// The id of a change of address.
    EmailChangeId
);

/// How long the link to the new address lives, in seconds.
pub const CONFIRM_SECONDS: i64 = 24 * 3600;

/// How long the old address can take the change back, in seconds.
pub const UNDO_SECONDS: i64 = 7 * 24 * 3600;

/// A change that waits to be confirmed at the new address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingChange {
    /// Whose address.
    pub account_id: AccountId,
    /// The new address.
    pub new_address: String,
}

/// What asking for another address led to. It does not tell whether the address has an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The new address gets a mail.
    Noted,
    /// It is an address of the account already.
    Same,
    /// The account is not active any more.
    NotActive,
    /// Too many asked; again after so many seconds.
    Wait(i64),
}

/// Asks for another address. The caller has checked the account's password just before. Replaces a change that waits.
pub fn ask(
    tx: &mut Tx<'_>,
    key: &InstallationKey,
    public_url: &str,
    account: &AccountId,
    new: &Email,
    throttled: &[Subject],
) -> Result<Asked> {
    let Some(account) = account::find(tx.conn, account)?.filter(Account::is_active) else {
        return Ok(Asked::NotActive);
    };
    if account.email.address == new.address() || store::has_beside(tx.conn, &account.id, new)? {
        return Ok(Asked::Same);
    }
    if let Verdict::Wait(seconds) = throttle::admit(tx, throttled)? {
        return Ok(Asked::Wait(seconds));
    }
    let token = Token::generate();
    store::cancel_pending(tx, &account.id)?;
    store::insert(tx, &account.id, &account.email.address, new, &token, tx.now.plus_seconds(CONFIRM_SECONDS))?;
    let circumstances = Circumstances::of(tx);
    let taken = other_holder(tx.conn, &account.id, new)?.is_some_and(|other| other.status != AccountStatus::Unverified);
    let mail = if taken {
        Mail::EmailChangeTaken { circumstances }
    } else {
        let link = format!("{public_url}/account/email/confirm?token={}", token.reveal());
        Mail::EmailChangeConfirm { link, circumstances }
    };
    outbox::enqueue(tx, key, new.address(), Some(&account.id), &mail)?;
    audit::record(tx, "email_change.requested", Target::account(&account.id), json!({}))?;
    Ok(Asked::Noted)
}

/// The account, other than this one, that an address belongs to.
fn other_holder(conn: &mut Conn, account: &AccountId, address: &Email) -> Result<Option<Account>> {
    match store::holder(conn, address)? {
        Some(holder) if holder != *account => account::find(conn, &holder),
        _ => Ok(None),
    }
}

/// The change that the account waits to confirm, for its page.
pub fn pending(conn: &mut Conn, account: &AccountId, now: Timestamp) -> Result<Option<PendingChange>> {
    store::pending(conn, account, now)
}

/// Gives up a change that waits. Returns whether there was one.
pub fn cancel(tx: &mut Tx<'_>, account: &AccountId) -> Result<bool> {
    if store::cancel_pending(tx, account)? == 0 {
        return Ok(false);
    }
    audit::record(tx, "email_change.cancelled", Target::account(account), json!({}))?;
    Ok(true)
}

/// What a confirmation link is about, while it lives. Opening the page spends nothing.
pub fn to_confirm(conn: &mut Conn, token: &Token, now: Timestamp) -> Result<Option<PendingChange>> {
    store::to_confirm(conn, &token.hash(), now)
}

/// What became of a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// The account has its new address.
    Changed,
    /// The link was used, is too old, was cancelled, or is another account's.
    LinkIsDead,
    /// Meanwhile the address has become another account's.
    Taken,
}

/// Spends a confirmation link: the account logs in with the new address from now on, and the old one is told, with a
/// link that takes it back. The caller has made sure that it is the account's owner who confirms.
///
/// Recovery links that went to the old address stop working. An account that never confirmed the address gives way.
pub fn confirm(
    tx: &mut Tx<'_>,
    key: &InstallationKey,
    public_url: &str,
    account: &AccountId,
    token: &Token,
) -> Result<Confirmed> {
    let Some(current) = account::find(tx.conn, account)?.filter(Account::is_active) else {
        return Ok(Confirmed::LinkIsDead);
    };
    let undo = Token::generate();
    let undo_until = tx.now.plus_seconds(UNDO_SECONDS);
    let Some(change) = store::confirm(tx, account, &token.hash(), &undo, undo_until)? else {
        return Ok(Confirmed::LinkIsDead);
    };
    if current.email.address != change.old_address {
        store::give_up(tx, &change.id)?;
        return Ok(Confirmed::LinkIsDead);
    }
    let new = stored(&change.new_address)?;
    if !make_free(tx, account, &new)? {
        store::give_up(tx, &change.id)?;
        return Ok(Confirmed::Taken);
    }
    recovery::void_links(tx, account)?;
    if store::has_beside(tx.conn, account, &new)? {
        // Added since the change was asked for.
        store::promote(tx, account, &new)?;
        store::delete(tx, &current.email.id)?;
    } else {
        store::replace_primary(tx, account, &new)?;
    }
    audit::record(tx, "email.changed", Target::account(account), json!({}))?;
    tell_old(tx, key, public_url, account, &change.old_address, &new, &undo)?;
    Ok(Confirmed::Changed)
}

/// Makes another address of the account the primary one. `old` stays the account's; it is told, with a link that takes
/// this back.
pub(crate) fn switch(tx: &mut Tx<'_>, public_url: &str, account: &AccountId, old: &str, new: &Email) -> Result<()> {
    let (undo, key) = (Token::generate(), tx.key);
    store::cancel_pending(tx, account)?;
    store::insert_done(tx, account, old, new, &undo, tx.now.plus_seconds(UNDO_SECONDS))?;
    store::promote(tx, account, new)?;
    audit::record(tx, "email.made_primary", Target::account(account), json!({}))?;
    tell_old(tx, key, public_url, account, old, new, &undo)
}

fn tell_old(
    tx: &mut Tx<'_>,
    key: &InstallationKey,
    public_url: &str,
    account: &AccountId,
    old: &str,
    new: &Email,
    undo: &Token,
) -> Result<()> {
    let undo_link = format!("{public_url}/account/email/undo?token={}", undo.reveal());
    let circumstances = Circumstances::of(tx);
    let mail = Mail::EmailChanged { new_address: new.address().to_owned(), undo_link, circumstances };
    outbox::enqueue(tx, key, old, Some(account), &mail)?;
    Ok(())
}

/// Sees to it that no other account has the address: one that never confirmed it gives way. Returns `false` when
/// another one has it.
fn make_free(tx: &mut Tx<'_>, account: &AccountId, address: &Email) -> Result<bool> {
    match other_holder(tx.conn, account, address)? {
        Some(other) => account::delete_unverified(tx, &other.id),
        None => Ok(true),
    }
}

fn stored(address: &str) -> Result<Email> {
    Email::parse(address).map_err(|e| Error::Corrupt(format!("a stored e-mail address: {e}")))
}

/// The address that an undo link would restore, while it lives. Opening the page spends nothing.
pub fn to_undo(conn: &mut Conn, token: &Token, now: Timestamp) -> Result<Option<String>> {
    store::to_undo(conn, &token.hash(), now)
}

/// What became of an undo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undone {
    /// The account has its old address back, and nobody is logged in to it. Whoever changed the address knew the
    /// password, so this is a recovery link for a new one.
    Restored(Token),
    /// The link was used or is too old.
    LinkIsDead,
    /// Meanwhile the old address has become another account's.
    Taken,
}

/// Spends an undo link, which works without a log-in: the owner may be locked out. Whatever address the account has
/// now, the old one comes back; addresses that were added within seven days before the change or since go, for whoever
/// changed it may have added them; links that went to later addresses stop working, and everything that was given out
/// is taken back.
pub fn undo(tx: &mut Tx<'_>, token: &Token) -> Result<Undone> {
    let Some(change) = store::undo(tx, &token.hash())? else { return Ok(Undone::LinkIsDead) };
    let id = change.account_id.clone();
    if !account::find(tx.conn, &id)?.is_some_and(|account| account.is_active()) {
        return Ok(Undone::LinkIsDead);
    }
    let old = stored(&change.old_address)?;
    if !make_free(tx, &id, &old)? {
        return Ok(Undone::Taken);
    }
    recovery::void_links(tx, &id)?;
    store::restore_primary(tx, &id, &old)?;
    store::delete_added_since(tx, &id, change.created_at.plus_seconds(-UNDO_SECONDS))?;
    addresses::cancel_all(tx, &id)?;
    store::void_later_undo_links(tx, &change)?;
    store::cancel_pending(tx, &id)?;
    revocation::everything(tx, &id)?;
    audit::record(tx, "email_change.undone", Target::account(&id), json!({}))?;
    recovery::issue_link(tx, &id, None).map(Undone::Restored)
}
