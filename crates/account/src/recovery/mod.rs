//! Getting back in by mail: a link of 60 minutes, good for one new password.
//!
//! Who holds the link proves nothing but that they read the account's mail. So the link changes the password, ends
//! everything that was given out before, and leads to the log-in page: whatever else a log-in asks for, it still asks.

mod store;
#[cfg(test)]
mod tests;

use crate::account::{self, AccountStatus};
use crate::audit::{self, Target};
use crate::credential::password::{self, Phc};
use crate::email::Email;
use crate::mail::{Circumstances, Mail};
use crate::secret::{InstallationKey, Token};
use crate::sign_up::{self, Links};
use crate::throttle::{self, Purpose, Subject, Verdict};
use crate::{AccountId, Conn, Timestamp, Tx, addresses, closure, email_change, outbox, revocation};
use db::Result;
use serde_json::json;

db::id!(
    /// The id of a recovery that was asked for.
    RecoveryId
);

/// How long a link lives, in seconds.
pub const LINK_SECONDS: i64 = 3600;

/// What asking for a link led to. It does not tell whether the address has an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The address gets a mail, if there is anybody to send one to.
    Noted,
    /// Too many asked; again after so many seconds.
    Wait(i64),
}

/// Asks for a link to be sent to an address. `return_to` is where the visitor was heading; `throttled` what the tries
/// are counted under (none: not counted).
///
/// An unknown address gets nothing, and neither does an account that an operator deactivated: only an operator lets it in
/// again. An
/// account that never confirmed its address gets the mail that asks for that: its owner is still to be proved.
pub fn ask(
    tx: &mut Tx<'_>,
    key: &InstallationKey,
    public_url: &str,
    email: &Email,
    return_to: Option<&str>,
    throttled: &[Subject],
) -> Result<Asked> {
    if let Verdict::Wait(seconds) = throttle::admit(tx, throttled)? {
        return Ok(Asked::Wait(seconds));
    }
    let Some((account, address)) = account::find_holder(tx.conn, email)? else { return Ok(Asked::Noted) };
    // Who closed the account may open it again, and may have forgotten the password.
    let status = if closure::may_enter(tx.conn, &account)? { AccountStatus::Active } else { account.status };
    match status {
        AccountStatus::Active => {
            let link = issue_link(tx, &account.id, return_to)?;
            let mail = Mail::Recovery { link: link_address(public_url, &link), circumstances: Circumstances::of(tx) };
            outbox::enqueue(tx, key, &address, Some(&account.id), &mail)?;
            audit::record(tx, "recovery.requested", Target::account(&account.id), json!({}))?;
        }
        AccountStatus::Unverified => {
            sign_up::resend(tx, key, email, &Links::under(public_url), !throttled.is_empty())?;
        }
        AccountStatus::Deactivated | AccountStatus::Deleted => {}
    }
    Ok(Asked::Noted)
}

/// Makes a link for an account whose owner just proved to read its mail. Returns the link's secret.
pub(crate) fn issue_link(tx: &mut Tx<'_>, account: &AccountId, return_to: Option<&str>) -> Result<Token> {
    let token = Token::generate();
    store::insert(tx, account, &token, return_to, tx.now.plus_seconds(LINK_SECONDS))?;
    Ok(token)
}

/// The address of the page that takes the new password.
pub fn link_address(public_url: &str, token: &Token) -> String {
    format!("{public_url}/recover/password?token={}", token.reveal())
}

/// Whose link it is: for the page behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkOwner {
    /// The account.
    pub account_id: AccountId,
    /// Its display name.
    pub name: String,
    /// Its address.
    pub email: String,
}

/// Whose link it is, while it lives and its account may be entered. Opening the page spends nothing: programs that look
/// through mails open links too.
pub fn owner(conn: &mut Conn, token: &Token, now: Timestamp) -> Result<Option<LinkOwner>> {
    let Some(owner) = store::owner(conn, &token.hash(), now)? else { return Ok(None) };
    let Some(account) = account::find(conn, &owner.account_id)? else { return Ok(None) };
    Ok(closure::may_enter(conn, &account)?.then_some(owner))
}

/// What became of a new password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redeemed {
    /// It is the account's password now. The visitor goes on to log in, and then here.
    Saved {
        /// Where the visitor was heading.
        return_to: Option<String>,
    },
    /// The link was used, is too old, was never made, or its account cannot be recovered.
    LinkIsDead,
}

/// Spends a link for a new password. Every session, token and known device of the account goes, other links with them,
/// and so does an address that waits to be confirmed: whoever asked for it may be why the account had to be recovered.
pub fn redeem(tx: &mut Tx<'_>, key: &InstallationKey, token: &Token, new: &Phc) -> Result<Redeemed> {
    let Some((id, return_to)) = store::consume(tx, &token.hash())? else { return Ok(Redeemed::LinkIsDead) };
    let Some(account) = account::find(tx.conn, &id)? else { return Ok(Redeemed::LinkIsDead) };
    if !closure::may_enter(tx.conn, &account)? {
        return Ok(Redeemed::LinkIsDead);
    }
    password::put(tx, &id, new)?;
    revocation::everything(tx, &id)?;
    void_links(tx, &id)?;
    email_change::cancel(tx, &id)?;
    addresses::cancel_all(tx, &id)?;
    for address in account::verified_addresses(tx.conn, &id)? {
        if let Ok(address) = Email::parse(&address) {
            throttle::clear(tx, &Subject::of(key, Purpose::LogIn, address.normalized()))?;
        }
    }
    audit::record(tx, "account.recovered", Target::account(&id), json!({}))?;
    let mail = Mail::PasswordChanged { circumstances: Circumstances::of(tx) };
    outbox::notify(tx, &id, &mail)?;
    Ok(Redeemed::Saved { return_to })
}

/// Makes the account's links void: after the password was changed otherwise, or the address they were sent to.
pub fn void_links(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    store::void_all(tx, account)
}
