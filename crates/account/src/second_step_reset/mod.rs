//! Lost everything: who knows the password, but has lost phone, keys and recovery codes, asks for the removal of the
//! second steps, and waits a week.
//!
//! Whoever stole the password can ask just as well. So every verified address of the account hears of it, at once and
//! again a day before the end, with a link that stops it; a log-in with a second step stops it too. After the week the
//! primary address gets a link that works once, and only together with the password. It removes the second steps and
//! logs nobody in.
//!
//! Each step is one transaction: whatever happens between two of them, the account is as it was before, or without
//! second steps.

mod notices;
mod store;
#[cfg(test)]
mod tests;

pub use notices::{keep_noticing, notice_due};

use crate::account::{self, Account};
use crate::audit::{self, Target};
use crate::credential::reconfirm::Proof;
use crate::login::HalfLogin;
use crate::mail::{Circumstances, Mail};
use crate::second_step::Method;
use crate::secret::{InstallationKey, Token};
use crate::{AccountId, Conn, Timestamp, Tx, outbox, protection};
use db::Result;
use serde_json::json;

db::id!(
    /// The id of a request to remove the second steps.
    ResetId
);

const DAY: i64 = 24 * 3600;
/// How long one waits, in seconds.
pub const WAITING_SECONDS: i64 = 7 * DAY;
/// How long before the end of the waiting the owner is told again, in seconds.
pub const REMINDED_BEFORE_SECONDS: i64 = DAY;
/// How long the link lives that comes after the waiting, in seconds.
pub const LINK_SECONDS: i64 = 7 * DAY;

/// Who helps somebody who has lost everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Helper {
    /// Nobody is needed: the owner waits, and every address hears of it.
    Waiting,
    /// Whoever manages the account.
    Administrator,
}

/// Who helps the owner of this account: the one place that says so. An account that an organisation manages will go to
/// its administrator; there is none yet.
pub fn helper(_: &mut Conn, _: &AccountId) -> Result<Helper> {
    Ok(Helper::Waiting)
}

/// What asking led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The waiting has begun, or had before: it ends then.
    Waits(Timestamp),
    /// The administrator helps.
    Administrator,
    /// The right password counts no more for this log-in, or the account has no second step that could be lost.
    Void,
}

/// Asks for the removal, after the right password. A request that waits stays as it is.
pub fn ask(tx: &mut Tx<'_>, public_url: &str, half: &HalfLogin) -> Result<Asked> {
    let id = &half.account;
    if !half.holds(tx.conn, tx.now)? || !protection::is_on(tx.conn, id)? || half.takes(Method::MailedCode) {
        return Ok(Asked::Void);
    }
    if helper(tx.conn, id)? == Helper::Administrator {
        return Ok(Asked::Administrator);
    }
    if let Some(ready_at) = store::pending(tx.conn, id, tx.now)? {
        return Ok(Asked::Waits(ready_at));
    }
    let reset = ResetId::new(tx.now);
    let ready_at = tx.now.plus_seconds(WAITING_SECONDS);
    store::insert(tx, &reset, id, &cancel_token(tx.key, &reset), ready_at, ready_at.plus_seconds(LINK_SECONDS))?;
    audit::record(tx, "second_step_reset.requested", Target::account(id), json!({}))?;
    let mail = Mail::SecondStepResetAsked {
        ready_at,
        cancel_link: cancel_link(tx.key, public_url, &reset),
        circumstances: Circumstances::of(tx),
    };
    tell_everywhere(tx, id, &mail)?;
    Ok(Asked::Waits(ready_at))
}

/// Until when a request of this account waits, if one does.
pub fn pending(conn: &mut Conn, account: &AccountId, now: Timestamp) -> Result<Option<Timestamp>> {
    store::pending(conn, account, now)
}

/// Whether a stopping link still stops something. Opening the page spends nothing.
pub fn can_be_cancelled(conn: &mut Conn, token: &Token, now: Timestamp) -> Result<bool> {
    Ok(store::cancellable(conn, &token.hash(), now)?.is_some())
}

/// Stops a request by the link that its notices have. Returns whether it still could be stopped.
pub fn cancel_by_link(tx: &mut Tx<'_>, token: &Token) -> Result<bool> {
    let Some(id) = store::cancel_by_hash(tx, &token.hash())? else { return Ok(false) };
    note_cancelled(tx, &id, "link")?;
    Ok(true)
}

/// Stops the requests of an account whose owner just proved a second step: nothing is lost. Returns whether one waited.
pub fn cancel(tx: &mut Tx<'_>, account: &AccountId) -> Result<bool> {
    if !store::cancel_of(tx, account)? {
        return Ok(false);
    }
    note_cancelled(tx, account, "second_step")?;
    Ok(true)
}

fn note_cancelled(tx: &mut Tx<'_>, account: &AccountId, by: &str) -> Result<()> {
    audit::record(tx, "second_step_reset.cancelled", Target::account(account), json!({ "by": by }))?;
    tell_everywhere(tx, account, &Mail::SecondStepResetCancelled { circumstances: Circumstances::of(tx) })
}

/// Whose second steps a link removes, while it lives. Opening the page spends nothing.
pub fn owner(conn: &mut Conn, token: &Token, now: Timestamp) -> Result<Option<Account>> {
    match store::owner(conn, &token.hash(), now)? {
        Some(id) => Ok(account::find(conn, &id)?.filter(Account::is_active)),
        None => Ok(None),
    }
}

/// Spends the link, with the password of its account: every second step is removed, and every verified address is told.
/// Nobody is logged in by it. Returns whether the link and the password still counted.
pub fn redeem(tx: &mut Tx<'_>, token: &Token, proof: &Proof) -> Result<bool> {
    let id = proof.account();
    if !account::find(tx.conn, id)?.is_some_and(|account| account.is_active())
        || !proof.still_holds(tx)?
        || !store::spend(tx, &token.hash(), id)?
    {
        return Ok(false);
    }
    protection::remove_everything(tx, id)?;
    audit::record(tx, "second_steps.reset", Target::account(id), json!({ "by": "owner" }))?;
    tell_everywhere(tx, id, &Mail::SecondStepsReset { by_operator: false, at: tx.now })?;
    Ok(true)
}

/// Puts a mail to every verified address of an account in the outbox.
pub(crate) fn tell_everywhere(tx: &mut Tx<'_>, account: &AccountId, mail: &Mail) -> Result<()> {
    for address in store::verified_addresses(tx.conn, account)? {
        outbox::enqueue(tx, tx.key, &address, Some(account), mail)?;
    }
    Ok(())
}

/// What a stopping link carries: the same in each notice, and kept nowhere but as its hash.
fn cancel_token(key: &InstallationKey, reset: &ResetId) -> Token {
    Token::derived(key.mac("second step reset, stopping link", &[reset.as_str().as_bytes()]))
}

fn cancel_link(key: &InstallationKey, public_url: &str, reset: &ResetId) -> String {
    format!("{public_url}/recover/second-step/stop?token={}", cancel_token(key, reset).reveal())
}

/// Ends the requests of an account without a word: there is nothing left to remove.
pub(crate) fn give_up(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    store::cancel_of(tx, account)?;
    Ok(())
}
