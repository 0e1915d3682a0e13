//! The worker that empties the outbox of back-channel log-outs.

use super::store;
use super::{Batch, Delivered};
use crate::Provider;
use account::{Accounts, Actor};
use db::Result;
use std::time::Duration;

/// The longest sleep: another node, or a command, may have ended a log-in without waking us.
const NAP: Duration = Duration::from_secs(30);
/// How long a stop waits for requests that are on their way.
const GOOD_BYE: Duration = Duration::from_secs(6);

/// Delivers until `stop` is ready: what is due now, then, woken by each commit that ended a log-in, what comes. Any number
/// of nodes may run this.
pub async fn deliver(provider: &Provider, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    loop {
        let mut round = std::pin::pin!(deliver_due(provider));
        let delivered = tokio::select! {
            delivered = &mut round => delivered,
            () = &mut stop => {
                // What is on its way may arrive; what does not is tried again when the lease ends.
                let _ = tokio::time::timeout(GOOD_BYE, round).await;
                return;
            }
        };
        let pause = match delivered {
            Ok(_) => until_next(&provider.accounts).await,
            Err(error) => {
                tracing::error!(%error, "the outbox of log-outs cannot be read");
                NAP
            }
        };
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(pause) => {}
            () = provider.accounts.log_outs_queued.notified() => {}
        }
    }
}

/// Time until the next one is due, at most [`NAP`].
async fn until_next(accounts: &Accounts) -> Duration {
    match accounts.read(store::next_due).await {
        // One that is due by now is held by another node, or came this moment: look again soon.
        Ok(Some(due)) => due.since(accounts.now()).clamp(Duration::from_secs(1), NAP),
        _ => NAP,
    }
}

/// Delivers what is due now, and returns: one round of [`deliver`].
///
/// # Errors
/// When the database fails. What was delivered before that may not be noted, and is delivered again.
pub async fn deliver_due(provider: &Provider) -> Result<Delivered> {
    let mut total = Delivered::default();
    let accounts = &provider.accounts;
    while accounts.read(store::next_due).await?.is_some_and(|due| due <= accounts.now()) {
        let batch = accounts.write(&Actor::system(), Batch::claim_due).await?;
        if batch.is_empty() {
            break;
        }
        let done = batch.deliver(provider).await?;
        total.delivered += done.delivered;
        total.postponed += done.postponed;
        total.failed += done.failed;
    }
    Ok(total)
}
