//! The e-mail addresses of an account: one is primary, where products and mails find the person; with any of them they
//! log in and get back in.
//!
//! An address is the account's once it is confirmed by the link that went there. Until then it waits in a table of its
//! own: it opens nothing, and keeps nobody else from having it. Whether an address has an account already shows only in
//! the mail that arrives there. The change of the primary address in one step is `email_change`.

mod store;
#[cfg(test)]
mod tests;

use crate::account::{self, AccountStatus, EmailId};
use crate::audit::{self, Target};
use crate::email::Email;
use crate::mail::{Circumstances, Mail};
use crate::secret::Token;
use crate::throttle::{self, Subject, Verdict};
use crate::{AccountId, Conn, Timestamp, Tx, email_change, outbox, recovery};
use db::{Error, Result};
use serde_json::json;

db::id!(
    /// The id of an address that waits to be confirmed.
    AdditionId
);

/// Seconds for which an address is suspect when the account is locked: as long as a change of the primary one can be taken
/// back.
const RECENT_SECONDS: i64 = 7 * 24 * 3600;

/// How long the link to an added address lives, in seconds.
pub const CONFIRM_SECONDS: i64 = 24 * 3600;

/// Addresses that an account may have, those that wait among them.
pub const MAX_ADDRESSES: i64 = 10;

/// An address of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Its id.
    pub id: EmailId,
    /// As typed.
    pub address: String,
    /// Whether it is the primary one.
    pub is_primary: bool,
    /// Since when it is known to be theirs.
    pub verified_at: Option<Timestamp>,
}

/// An address that waits to be confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The addition's id.
    pub id: AdditionId,
    /// Whose it would be.
    pub account_id: AccountId,
    /// As typed.
    pub address: String,
}

/// The addresses of an account, the primary one first.
pub fn list(conn: &mut Conn, account: &AccountId) -> Result<Vec<Address>> {
    store::list(conn, account)
}

/// The addresses that wait to be confirmed, the youngest last.
pub fn waiting(conn: &mut Conn, account: &AccountId, now: Timestamp) -> Result<Vec<Waiting>> {
    store::waiting(conn, account, now)
}

/// What asking for another address led to. It does not tell whether the address has an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The address gets a mail.
    Noted,
    /// The account has it already.
    Own,
    /// The account has [`MAX_ADDRESSES`].
    TooMany,
    /// The account is not active any more.
    NotActive,
    /// There is nothing that waits (any more).
    Gone,
    /// Too many asked; again after so many seconds.
    Wait(i64),
}

/// Asks for another address, which gets a link. The caller has made sure that it is the account's owner who asks. Asked
/// for again, the last link alone works.
pub fn add(
    tx: &mut Tx<'_>,
    public_url: &str,
    account: &AccountId,
    new: &Email,
    throttled: &[Subject],
) -> Result<Asked> {
    if !account::find(tx.conn, account)?.is_some_and(|account| account.is_active()) {
        return Ok(Asked::NotActive);
    }
    let holder = store::holder(tx.conn, new)?;
    if holder.as_ref() == Some(account) {
        return Ok(Asked::Own);
    }
    if store::count_without(tx.conn, account, new, tx.now)? >= MAX_ADDRESSES {
        return Ok(Asked::TooMany);
    }
    if let Verdict::Wait(seconds) = throttle::admit(tx, throttled)? {
        return Ok(Asked::Wait(seconds));
    }
    let token = Token::generate();
    store::put_waiting(tx, account, new, &token, tx.now.plus_seconds(CONFIRM_SECONDS))?;
    let circumstances = Circumstances::of(tx);
    let mail = match holder.map(|id| account::find(tx.conn, &id)).transpose()?.flatten() {
        Some(other) if other.status != AccountStatus::Unverified => Mail::AddressTaken { circumstances },
        _ => Mail::AddressConfirm {
            link: format!("{public_url}/account/email/added?token={}", token.reveal()),
            circumstances,
        },
    };
    let key = tx.key;
    outbox::enqueue(tx, key, new.address(), Some(account), &mail)?;
    audit::record(tx, "email.addition_requested", Target::account(account), json!({}))?;
    Ok(Asked::Noted)
}

/// Sends the link of an address that waits again.
pub fn resend(
    tx: &mut Tx<'_>,
    public_url: &str,
    account: &AccountId,
    addition: &AdditionId,
    throttled: &[Subject],
) -> Result<Asked> {
    let waiting = store::waiting(tx.conn, account, tx.now)?;
    let Some(found) = waiting.into_iter().find(|waiting| waiting.id == *addition) else { return Ok(Asked::Gone) };
    add(tx, public_url, account, &stored(&found.address)?, throttled)
}

/// Gives up an address that waits. Returns whether there was one.
pub fn cancel(tx: &mut Tx<'_>, account: &AccountId, addition: &AdditionId) -> Result<bool> {
    if !store::cancel(tx, account, addition)? {
        return Ok(false);
    }
    audit::record(tx, "email.addition_cancelled", Target::account(account), json!({}))?;
    Ok(true)
}

/// Gives up every address that waits: whoever asked for them may be why the account had to be recovered.
pub fn cancel_all(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    store::cancel_all(tx, account)
}

/// What a confirmation link is about, while it lives. Opening the page spends nothing.
pub fn to_confirm(conn: &mut Conn, token: &Token, now: Timestamp) -> Result<Option<Waiting>> {
    store::to_confirm(conn, &token.hash(), now)
}

/// What became of a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// The account has the address.
    Added,
    /// The link was used, is too old, was cancelled, or is another account's.
    LinkIsDead,
    /// Meanwhile the address has become another account's.
    Taken,
}

/// Spends a confirmation link: the account logs in with the address too from now on, and its other addresses are told.
/// The caller has made sure that it is the account's owner who confirms. An account that never confirmed the address
/// gives way.
pub fn confirm(tx: &mut Tx<'_>, account: &AccountId, token: &Token) -> Result<Confirmed> {
    if !account::find(tx.conn, account)?.is_some_and(|account| account.is_active()) {
        return Ok(Confirmed::LinkIsDead);
    }
    let Some(text) = store::spend(tx, account, &token.hash())? else { return Ok(Confirmed::LinkIsDead) };
    let address = stored(&text)?;
    match store::holder(tx.conn, &address)? {
        Some(holder) if holder == *account => return Ok(Confirmed::Added),
        Some(holder) if !account::delete_unverified(tx, &holder)? => return Ok(Confirmed::Taken),
        _ => {}
    }
    let mail = Mail::AddressAdded { address: text, circumstances: Circumstances::of(tx) };
    outbox::notify(tx, account, &mail)?;
    if !store::insert(tx, account, &address)? {
        return Err(Error::Corrupt("an address that was free is taken".into()));
    }
    audit::record(tx, "email.added", Target::account(account), json!({}))?;
    Ok(Confirmed::Added)
}

/// Makes a confirmed address of the account the primary one. The one before stays the account's; it is told, with a link
/// that takes this back. Returns `false` when the account has no such address that is not primary already.
pub fn make_primary(tx: &mut Tx<'_>, public_url: &str, account: &AccountId, email: &EmailId) -> Result<bool> {
    let addresses = store::list(tx.conn, account)?;
    let old = addresses.iter().find(|address| address.is_primary);
    let new = addresses.iter().find(|address| address.id == *email);
    let (Some(old), Some(new)) = (old, new.filter(|new| !new.is_primary && new.verified_at.is_some())) else {
        return Ok(false);
    };
    email_change::switch(tx, public_url, account, &old.address, &stored(&new.address)?)?;
    Ok(true)
}

/// What became of a removal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// Nobody logs in with it any more.
    Done,
    /// The primary address is replaced, not removed.
    IsPrimary,
    /// The account has no such address.
    NotThere,
}

/// Takes an address off the account. It is told, and so are the others. Recovery links stop working: one of them may
/// have gone there.
pub fn remove(tx: &mut Tx<'_>, account: &AccountId, email: &EmailId) -> Result<Removed> {
    let Some(address) = store::remove(tx, account, email)? else {
        let is_primary = store::list(tx.conn, account)?.iter().any(|address| address.id == *email);
        return Ok(if is_primary { Removed::IsPrimary } else { Removed::NotThere });
    };
    recovery::void_links(tx, account)?;
    audit::record(tx, "email.removed", Target::account(account), json!({}))?;
    let mail = Mail::AddressRemoved { address: address.clone(), circumstances: Circumstances::of(tx) };
    let key = tx.key;
    outbox::enqueue(tx, key, &address, Some(account), &mail)?;
    outbox::notify(tx, account, &mail)?;
    Ok(Removed::Done)
}

/// Removes the further addresses of the last [`RECENT_SECONDS`], each told so: somebody else, who used the account, may
/// have added them, and would get back in by them. The account's owner adds their own again.
pub(crate) fn remove_recent(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    for address in store::remove_since(tx, account, tx.now.plus_seconds(-RECENT_SECONDS))? {
        audit::record(tx, "email.removed", Target::account(account), json!({ "reason": "locked" }))?;
        let mail = Mail::AddressRemoved { address: address.clone(), circumstances: Circumstances::of(tx) };
        let key = tx.key;
        outbox::enqueue(tx, key, &address, Some(account), &mail)?;
    }
    Ok(())
}

fn stored(address: &str) -> Result<Email> {
    Email::parse(address).map_err(|e| Error::Corrupt(format!("a stored e-mail address: {e}")))
}
