//! Asking for another mail.

use super::model::{Links, NO_BROWSER, Sent, Verification};
use super::start::{account_exists, admit, begin, send_verification};
use super::store;
use crate::account::{self, Account, AccountStatus};
use crate::email::Email;
use crate::secret::InstallationKey;
use crate::throttle::{Purpose, Verdict};
use crate::{AccountId, Tx};
use db::Result;

/// Sends the mail to an unverified account again, for whoever asks by its address (the log-in page). Its code still
/// works only in the browser that signed up: this one is bound to nothing. Any other address gets nothing, and looks
/// the same.
pub fn resend(tx: &mut Tx<'_>, key: &InstallationKey, email: &Email, links: &Links, throttle: bool) -> Result<Sent> {
    if let Verdict::Wait(seconds) = admit(tx, key, Purpose::ResendMail, email, throttle)? {
        return Ok(Sent::Wait(seconds));
    }
    match unverified(account::find_by_email(tx.conn, email)?) {
        Some(account) => drop(again(tx, key, &account, links)?),
        // As much work, for nobody.
        None => begin(tx, key, None, email.address(), NO_BROWSER, None, |_, _, _| Ok(None))?,
    }
    Ok(Sent::Done)
}

/// Sends the mail of this browser's own verification again (the result page). Where nothing can be confirmed by it, it
/// looks the same: the owner of the address is told once more, within the limits of mails.
pub fn resend_here(
    tx: &mut Tx<'_>,
    key: &InstallationKey,
    here: &Verification,
    links: &Links,
    throttle: bool,
) -> Result<Sent> {
    let Ok(email) = Email::parse(&here.address) else { return Ok(Sent::Done) };
    if let Verdict::Wait(seconds) = admit(tx, key, Purpose::ResendMail, &email, throttle)? {
        return Ok(Sent::Wait(seconds));
    }
    let present = account::find_holder(tx.conn, &email)?;
    let return_to = here.return_to.as_deref();
    let mail = match present {
        Some((account, _)) if account.status == AccountStatus::Unverified => {
            if here.account_id.as_ref() == Some(&account.id) {
                send_verification(tx, key, &account, links, &here.browser_hash, return_to)?;
                return Ok(Sent::Done);
            }
            // Somebody else signed up with the address since: the mail is theirs, and so are its link and its code.
            Some(again(tx, key, &account, links)?)
        }
        Some((owner, address)) => Some(account_exists(tx, key, &owner, &address, links)?),
        None => None,
    };
    begin(tx, key, None, &here.address, &here.browser_hash, return_to, |_, _, _| Ok(mail))?;
    Ok(Sent::Done)
}

/// Sends the mail to an unverified account whose password was just typed in this browser (a log-in that was right but
/// for the address): from now on the code works here.
pub fn verify_here(
    tx: &mut Tx<'_>,
    key: &InstallationKey,
    account: &AccountId,
    browser_hash: &[u8],
    return_to: Option<&str>,
    links: &Links,
    throttle: bool,
) -> Result<Sent> {
    let Some(account) = unverified(account::find(tx.conn, account)?) else { return Ok(Sent::Done) };
    let waits = store::latest_of_browser(tx.conn, browser_hash, tx.now)?;
    if waits.is_some_and(|here| here.account_id.as_ref() == Some(&account.id)) {
        // The page of this browser's verification is still good; it has a button for another mail.
        return Ok(Sent::Done);
    }
    if let Ok(email) = Email::parse(&account.email.address)
        && let Verdict::Wait(seconds) = admit(tx, key, Purpose::ResendMail, &email, throttle)?
    {
        return Ok(Sent::Wait(seconds));
    }
    send_verification(tx, key, &account, links, browser_hash, return_to)?;
    Ok(Sent::Done)
}

fn unverified(account: Option<Account>) -> Option<Account> {
    account.filter(|account| account.status == AccountStatus::Unverified)
}

/// A new link and a new code, for the browser that the account's last ones were for.
fn again(tx: &mut Tx<'_>, key: &InstallationKey, account: &Account, links: &Links) -> Result<crate::outbox::OutboxId> {
    let last = store::latest_of_account(tx.conn, &account.id)?;
    let browser = last.as_ref().map_or(NO_BROWSER, |last| &last.browser_hash);
    let return_to = last.as_ref().and_then(|last| last.return_to.as_deref());
    send_verification(tx, key, account, links, browser, return_to)
}
