//! Six digits sent to the account's address: where a log-in is suspicious and there is no better second step.
//!
//! A code is good for 15 minutes and five tries, in the browser and for the log-in that it was sent for. A newer one
//! makes it void.

mod store;
#[cfg(test)]
mod tests;

use crate::mail::{Circumstances, Mail};
use crate::secret::{self, InstallationKey};
use crate::throttle::{self, Purpose, Verdict};
use crate::{AccountId, Tx, account, outbox};
use db::Result;

db::id!(
    /// The id of a mailed code.
    MailedCodeId
);

/// Seconds that a code lives.
pub const CODE_SECONDS: i64 = 15 * 60;
/// Tries that a code has.
pub const TRIES: i64 = 5;

/// What came of asking for a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// It is on its way.
    Done,
    /// Too many were asked for: not for so many seconds.
    Wait(i64),
}

/// Sends a code, in place of those before. `bound_to` names browser and log-in, and is all that it is good for.
pub fn send(tx: &mut Tx<'_>, account: &AccountId, bound_to: &[u8], throttled: bool) -> Result<Sent> {
    if throttled {
        let subjects = throttle::subjects(tx.key, Purpose::SecondStepMail, Some(account.as_str()), tx.actor.address);
        if let Verdict::Wait(seconds) = throttle::admit(tx, &subjects)? {
            return Ok(Sent::Wait(seconds));
        }
    }
    let Some(email) = account::primary_email(tx.conn, account)? else { return Ok(Sent::Done) };
    store::void_all(tx, account)?;
    let (id, code) = (MailedCodeId::new(tx.now), secret::six_digits());
    let mac = code_mac(tx.key, &id, &code);
    store::insert(tx, &id, account, bound_to, &mac, tx.now.plus_seconds(CODE_SECONDS))?;
    let mail = Mail::LoginCode { code, circumstances: Circumstances::of(tx) };
    outbox::enqueue(tx, tx.key, &email.address, Some(account), &mail)?;
    Ok(Sent::Done)
}

/// Takes a code, once, in the browser and for the log-in that it was sent for. Each call spends a try of that code.
pub(super) fn spend(tx: &mut Tx<'_>, account: &AccountId, typed: &str, bound_to: &[u8]) -> Result<bool> {
    let Some((id, mac)) = store::open(tx.conn, account, bound_to, tx.now)? else { return Ok(false) };
    // Counted before it is compared, and committed with the refusal.
    if !store::spend_try(tx, &id)? {
        return Ok(false);
    }
    let digits: String = typed.chars().take(40).filter(|c| !c.is_whitespace() && *c != '-').collect();
    Ok(secret::equal(&code_mac(tx.key, &id, &digits), &mac) && store::consume(tx, &id)?)
}

/// What is kept of a code: six digits alone could be tried out by whoever reads the database.
fn code_mac(key: &InstallationKey, id: &MailedCodeId, code: &str) -> [u8; 32] {
    key.mac("mailed code", &[id.as_str().as_bytes(), code.as_bytes()])
}
