//! What time brings: reminders, and the erasure.

use super::model::REMINDER_SECONDS;
use super::store;
use crate::audit::{self, Target};
use crate::mail::Mail;
use crate::{AccountId, Accounts, Actor, Tx, account, holdings, outbox};
use db::Result;
use serde_json::json;
use std::time::Duration;

/// How often a node looks. Any number of them may: each account is taken by one conditional statement.
const EVERY: Duration = Duration::from_secs(300);
/// Accounts that are looked up at a time.
const BATCH: i64 = 50;

/// Reminds and erases for as long as it is polled. Never returns; a failure is logged and tried again.
pub async fn keep(accounts: Accounts, public_url: String) {
    loop {
        if let Err(error) = erase_due(&accounts, &public_url).await {
            tracing::error!(%error, "accounts that are to be deleted cannot be erased");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Reminds and erases what is due now. Returns how many accounts were erased.
///
/// # Errors
/// When the database fails. Each account is erased as a whole or not at all, so the next round goes on.
pub async fn erase_due(accounts: &Accounts, public_url: &str) -> Result<usize> {
    let soon = accounts.now().plus_seconds(REMINDER_SECONDS);
    loop {
        let ids = accounts.read(move |conn| store::to_remind(conn, soon, BATCH)).await?;
        if ids.is_empty() {
            break;
        }
        for id in ids {
            let (domain, link) = (accounts.clone(), super::login_link(public_url));
            accounts.write(&Actor::system(), move |tx| remind(tx, &domain, &id, &link)).await?;
        }
    }
    let mut erased = 0;
    loop {
        let now = accounts.now();
        let ids = accounts.read(move |conn| store::due(conn, now, BATCH)).await?;
        if ids.is_empty() {
            return Ok(erased);
        }
        for id in ids {
            let domain = accounts.clone();
            let done = accounts.write(&Actor::system(), move |tx| erase(tx, &domain, &id)).await?;
            erased += usize::from(done);
        }
    }
}

fn remind(tx: &mut Tx<'_>, accounts: &Accounts, id: &AccountId, login_link: &str) -> Result<()> {
    let Some(erase_at) = store::note_reminded(tx, id)? else { return Ok(()) };
    // A node that slept through the day before says nothing: the mail that it is done follows at once.
    if erase_at <= tx.now {
        return Ok(());
    }
    let Some(email) = account::primary_email(tx.conn, id)? else { return Ok(()) };
    let mail = Mail::DeletionTomorrow { erase_at, login_link: login_link.to_owned() };
    outbox::enqueue(tx, &accounts.key, &email.address, Some(id), &mail)?;
    Ok(())
}

/// Erases an account whose time has come; `false` when its owner came back in the meantime, or another node was faster.
fn erase(tx: &mut Tx<'_>, accounts: &Accounts, id: &AccountId) -> Result<bool> {
    if !store::take_due(tx, id)? {
        return Ok(false);
    }
    let email = account::primary_email(tx.conn, id)?;
    holdings::erase(tx, id)?;
    audit::record(tx, "account.erased", Target::account(id), json!({}))?;
    if let Some(email) = email {
        // About nobody's account: the row goes when the mail is delivered.
        outbox::enqueue(tx, &accounts.key, &email.address, None, &Mail::AccountErased { at: tx.now })?;
    }
    Ok(true)
}
