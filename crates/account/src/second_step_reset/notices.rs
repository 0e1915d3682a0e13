//! What is told while time passes: a day before the end, and at the end, with the link.

use super::{LINK_SECONDS, REMINDED_BEFORE_SECONDS, cancel_link, store, tell_everywhere};
use crate::audit::{self, Target};
use crate::mail::Mail;
use crate::secret::Token;
use crate::{Accounts, Actor, Tx, account, outbox};
use db::Result;
use serde_json::json;
use std::time::Duration;

/// How often a node looks for what is due.
const EVERY: Duration = Duration::from_secs(300);
/// Requests that one look takes on at most; the next look takes the rest.
const BATCH: i64 = 100;

/// Tells what is due every few minutes, for as long as it is polled. Never returns; a failure is logged and tried again.
pub async fn keep_noticing(accounts: Accounts, public_url: String) {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = notice_due(&accounts, &public_url).await {
            tracing::error!(%error, "notices about lost second steps cannot be sent");
        }
    }
}

/// Tells what is due now. Any node may do it at any time: each notice goes with the one update that says that it went.
///
/// # Errors
/// When the database fails.
pub async fn notice_due(accounts: &Accounts, public_url: &str) -> Result<()> {
    let soon = accounts.now().plus_seconds(REMINDED_BEFORE_SECONDS);
    let (reminders, links) = accounts
        .read(move |conn| {
            let now = soon.plus_seconds(-REMINDED_BEFORE_SECONDS);
            Ok((store::to_remind(conn, soon, now, BATCH)?, store::to_link(conn, now, BATCH)?))
        })
        .await?;
    for due in reminders {
        let url = public_url.to_owned();
        accounts.write(&Actor::system(), move |tx| remind(tx, &url, &due)).await?;
    }
    for due in links {
        let url = public_url.to_owned();
        accounts.write(&Actor::system(), move |tx| send_link(tx, &url, &due)).await?;
    }
    Ok(())
}

fn remind(tx: &mut Tx<'_>, public_url: &str, due: &store::Due) -> Result<()> {
    if !store::note_reminded(tx, &due.id)? {
        return Ok(());
    }
    let cancel_link = cancel_link(tx.key, public_url, &due.id);
    tell_everywhere(tx, &due.account, &Mail::SecondStepResetSoon { ready_at: due.ready_at, cancel_link })
}

fn send_link(tx: &mut Tx<'_>, public_url: &str, due: &store::Due) -> Result<()> {
    let (token, until) = (Token::generate(), tx.now.plus_seconds(LINK_SECONDS));
    let Some(owner) = account::find(tx.conn, &due.account)?.filter(|owner| owner.is_active()) else { return Ok(()) };
    if !store::note_link(tx, &due.id, &token, until)? {
        return Ok(());
    }
    audit::record(tx, "second_step_reset.ready", Target::account(&owner.id), json!({}))?;
    let mail = Mail::SecondStepResetReady {
        link: format!("{public_url}/recover/second-step?token={}", token.reveal()),
        cancel_link: cancel_link(tx.key, public_url, &due.id),
    };
    outbox::enqueue(tx, tx.key, &owner.email.address, Some(&owner.id), &mail)?;
    Ok(())
}
