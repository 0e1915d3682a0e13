//! Signing up.

use super::model::{CODE_SECONDS, LINK_SECONDS, Links, Sent, VerificationId, code_mac};
use super::store;
use crate::account::{self, Account, AccountStatus, DisplayName, NewAccount};
use crate::audit::{self, Target};
use crate::credential::password::{self, Phc};
use crate::email::Email;
use crate::mail::{Circumstances, Mail};
use crate::outbox::{self, OutboxId};
use crate::secret::{self, InstallationKey, Token};
use crate::throttle::{self, Purpose, Verdict};
use crate::{AccountId, Tx};
use db::{Error, Result};
use serde_json::json;

/// What somebody signs up with. The password was judged and hashed before, whether or not the address has an account.
#[derive(Debug, Clone)]
pub struct SignUp {
    /// The address.
    pub email: Email,
    /// The name.
    pub name: DisplayName,
    /// The hash of the password.
    pub phc: Phc,
    /// The browser: the code works only there, and the link there without the password.
    pub browser_hash: Vec<u8>,
    /// Where the visitor was going.
    pub return_to: Option<String>,
    /// What the mails name.
    pub links: Links,
    /// Whether mails are limited (`limits.throttle`).
    pub throttle: bool,
}

/// Signs up: an unverified account and a mail to confirm it. When the address belongs to a verified account, its owner
/// gets a mail that says so, and everything looks and takes as long as if it did not.
pub fn sign_up(tx: &mut Tx<'_>, key: &InstallationKey, new: &SignUp) -> Result<Sent> {
    if let Verdict::Wait(seconds) = admit(tx, key, Purpose::SignUpMail, &new.email, new.throttle)? {
        return Ok(Sent::Wait(seconds));
    }
    let present = account::find_holder(tx.conn, &new.email)?;
    let (unverified, owner) = match present {
        Some((account, _)) if account.status == AccountStatus::Unverified => (Some(account), None),
        other => (None, other),
    };
    // Each way asks the database for the same things, so that none is told by its time: where there is nothing to
    // delete, what is not there is deleted; where the account exists, one is made that goes again.
    let replaced = unverified.map_or_else(|| AccountId::new(tx.now), |account| account.id);
    let was_replaced = account::delete_unverified(tx, &replaced)?;
    let email = if owner.is_some() { stand_in()? } else { new.email.clone() };
    let made = account::create(tx, &NewAccount::of_person(email, new.name.clone()))?
        .ok_or_else(|| Error::Corrupt("an address that was free is taken".into()))?;
    password::put(tx, &made.id, &new.phc)?;
    let gone = if owner.is_some() { made.id.clone() } else { replaced };
    account::delete_unverified(tx, &gone)?;
    match owner {
        Some((owner, address)) => {
            let mail = account_exists(tx, key, &owner, &address, &new.links)?;
            begin(tx, key, None, new.email.address(), &new.browser_hash, new.return_to.as_deref(), |_, _, _| {
                Ok(Some(mail))
            })?;
            audit::record(tx, "account.sign_up_repeated", Target::account(&owner.id), json!({}))?;
        }
        None => {
            send_verification(tx, key, &made, &new.links, &new.browser_hash, new.return_to.as_deref())?;
            audit::record(tx, "account.signed_up", Target::account(&made.id), json!({ "replaced": was_replaced }))?;
        }
    }
    Ok(Sent::Done)
}

/// Whether another mail to this address may be sent. Counted for every address alike.
pub(super) fn admit(
    tx: &mut Tx<'_>,
    key: &InstallationKey,
    purpose: Purpose,
    email: &Email,
    throttle: bool,
) -> Result<Verdict> {
    if !throttle {
        return Ok(Verdict::Allowed);
    }
    let subjects = throttle::subjects(key, purpose, Some(email.normalized()), tx.actor.address);
    throttle::admit(tx, &subjects)
}

/// An address that nobody has (RFC 2606 §2).
fn stand_in() -> Result<Email> {
    let text = format!("{}@stand-in.invalid", uuid::Uuid::new_v4().simple());
    Email::parse(&text).map_err(|e| Error::Corrupt(e.to_string()))
}

/// Tells the owner of an account, at its address that somebody signed up with, that they did.
pub(super) fn account_exists(
    tx: &mut Tx<'_>,
    key: &InstallationKey,
    owner: &Account,
    address: &str,
    links: &Links,
) -> Result<OutboxId> {
    let mail = Mail::AccountExists {
        login_link: links.log_in.clone(),
        recover_link: links.recover.clone(),
        circumstances: Circumstances::of(tx),
    };
    outbox::enqueue(tx, key, address, Some(&owner.id), &mail)
}

/// Sends an unverified account the mail that confirms it. The code will work in the browser of `browser_hash` alone.
pub(super) fn send_verification(
    tx: &mut Tx<'_>,
    key: &InstallationKey,
    account: &Account,
    links: &Links,
    browser_hash: &[u8],
    return_to: Option<&str>,
) -> Result<OutboxId> {
    let mut sent = None;
    begin(tx, key, Some(&account.id), &account.email.address, browser_hash, return_to, |tx, token, code| {
        let mail = Mail::VerifyEmail { name: account.name.clone(), link: links.confirm(token), code: code.to_owned() };
        let id = outbox::enqueue(tx, key, &account.email.address, Some(&account.id), &mail)?;
        sent = Some(id.clone());
        Ok(Some(id))
    })?;
    sent.ok_or_else(|| Error::Corrupt("a verification without its mail".into()))
}

/// Puts a verification in the database, with a fresh link and code, which `mail` sends (or not).
pub(super) fn begin(
    tx: &mut Tx<'_>,
    key: &InstallationKey,
    account: Option<&AccountId>,
    address: &str,
    browser_hash: &[u8],
    return_to: Option<&str>,
    mail: impl FnOnce(&mut Tx<'_>, &Token, &str) -> Result<Option<OutboxId>>,
) -> Result<()> {
    let (id, token, code) = (VerificationId::new(tx.now), Token::generate(), secret::six_digits());
    let mail_id = mail(tx, &token, &code)?;
    store::insert(
        tx,
        &store::New {
            id: &id,
            account_id: account,
            address,
            mail_id: mail_id.as_ref(),
            browser_hash,
            link_hash: token.hash(),
            code_mac: code_mac(key, &id, &code).to_vec(),
            code_expires_at: tx.now.plus_seconds(CODE_SECONDS),
            expires_at: tx.now.plus_seconds(LINK_SECONDS),
            return_to,
        },
    )
}
