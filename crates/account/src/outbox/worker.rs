//! The worker that empties the outbox.

use super::smtp::{MAIL_TIMEOUT, Refusal};
use super::store::{self, Claimed};
use super::transport::{Conversation, Transport};
use crate::{Accounts, Actor, Timestamp};
use db::Result;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Mails that one claim takes at most.
const BATCH: i64 = 20;
/// Conversations with the server at a time.
const LANES: usize = 3;
/// Seconds for which a claim holds. Longer than a batch may take; no mail is begun that could outlast it.
const LEASE_SECONDS: i64 = 600;
/// The longest sleep: another node, or a command, may have queued mail without waking us.
const NAP: Duration = Duration::from_secs(30);
/// How long a stop waits for mails that are being sent.
const GOOD_BYE: Duration = Duration::from_secs(8);
/// Seconds after which a mail that nobody took is given up: 3 days.
pub const GIVEN_UP_AFTER_SECONDS: i64 = 3 * 24 * 3600;

/// What one round came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivered {
    /// Mails that the server took.
    pub accepted: u32,
    /// Mails that are tried again later.
    pub postponed: u32,
    /// Mails that were given up.
    pub failed: u32,
    /// What is wrong with the server, when it is away or refuses us; the round ended there.
    pub outage: Option<String>,
}

/// Delivers until `stop` is ready: what is due now, then, woken by each commit that queued mail, what comes. Any number
/// of nodes may run this.
pub async fn deliver(accounts: &Accounts, transport: &Transport, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    let mut troubles = 0;
    loop {
        let mut round = std::pin::pin!(deliver_due(accounts, transport));
        let delivered = tokio::select! {
            delivered = &mut round => delivered,
            () = &mut stop => {
                // What is on its way may arrive; what does not is tried again when the lease ends.
                let _ = tokio::time::timeout(GOOD_BYE, round).await;
                return;
            }
        };
        let in_trouble = match delivered {
            Ok(delivered) => delivered.outage.is_some(),
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be read");
                true
            }
        };
        troubles = if in_trouble { troubles + 1 } else { 0 };
        // A server that is restarted is back in seconds; one that stays away is asked every half minute.
        let pause =
            if in_trouble { NAP.min(Duration::from_secs(1 << troubles.min(5))) } else { until_next(accounts).await };
        tokio::select! {
            () = &mut stop => break,
            () = tokio::time::sleep(pause) => transport.hang_up().await,
            // While the server is away, new mail is no reason to knock again.
            () = accounts.mail_queued.notified(), if !in_trouble => {}
        }
    }
    transport.hang_up().await;
}

/// Time until the next mail is due, at most [`NAP`].
async fn until_next(accounts: &Accounts) -> Duration {
    match accounts.read(store::next_due).await {
        // One that is due by now is held by another node, or came this moment: look again soon.
        Ok(Some(due)) => due.since(accounts.now()).clamp(Duration::from_secs(1), NAP),
        _ => NAP,
    }
}

/// Delivers what is due now, and returns: one round of [`deliver`]. Ends early when the server is away.
///
/// # Errors
/// When the database fails. What the server took before that may not be noted, and is sent again.
pub async fn deliver_due(accounts: &Accounts, transport: &Transport) -> Result<Delivered> {
    let mut total = Delivered::default();
    while total.outage.is_none() {
        match accounts.read(store::next_due).await? {
            Some(due) if due <= accounts.now() => {}
            _ => break,
        }
        let owner = uuid::Uuid::new_v4().to_string();
        // A server that was away is asked with one mail, not with many.
        let limit = if transport.is_out() { 1 } else { BATCH };
        let claim = owner.clone();
        let claimed = accounts
            .write(&Actor::system(), move |tx| store::claim(tx, &claim, tx.now.plus_seconds(LEASE_SECONDS), limit))
            .await?;
        if claimed.is_empty() {
            break;
        }
        let batch = Batch::new(accounts, transport, owner, claimed);
        let (a, b, c) = tokio::join!(batch.run_lane(), batch.run_lane(), batch.run_lane());
        let lanes: [Result<()>; LANES] = [a, b, c];
        batch.finish().await?;
        lanes.into_iter().collect::<Result<()>>()?;
        batch.add_to(&mut total);
    }
    Ok(total)
}

/// The mails of one claim, shared by the lanes.
struct Batch<'a> {
    accounts: &'a Accounts,
    transport: &'a Transport,
    owner: String,
    /// The last instant at which a mail may be begun.
    begin_before: Timestamp,
    state: Mutex<(VecDeque<Claimed>, Delivered)>,
}

impl<'a> Batch<'a> {
    fn new(accounts: &'a Accounts, transport: &'a Transport, owner: String, claimed: Vec<Claimed>) -> Self {
        let begin_before = accounts.now().plus_seconds(LEASE_SECONDS) - 2 * MAIL_TIMEOUT;
        Self { accounts, transport, owner, begin_before, state: Mutex::new((claimed.into(), Delivered::default())) }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, (VecDeque<Claimed>, Delivered)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next mail, while there is one, the server is there, and the lease lasts.
    fn next(&self) -> Option<Claimed> {
        let mut state = self.state();
        let go_on = state.1.outage.is_none() && self.accounts.now() < self.begin_before;
        if go_on { state.0.pop_front() } else { None }
    }

    /// Sends one mail after the other over one conversation.
    async fn run_lane(&self) -> Result<()> {
        let mut conversation = None;
        while let Some(row) = self.next() {
            let sent = self.send(&mut conversation, &row).await;
            self.note(row, sent).await?;
        }
        if let Some(conversation) = conversation {
            self.transport.keep(conversation);
        }
        Ok(())
    }

    async fn send(&self, conversation: &mut Option<Conversation>, row: &Claimed) -> std::result::Result<(), Refusal> {
        let message = self.transport.message(row, &self.accounts.key)?;
        let mut current = match conversation.take() {
            Some(current) => current,
            None => self.transport.begin().await?,
        };
        let sent = self.transport.send(&mut current, row, &message).await;
        if !matches!(sent, Err(Refusal::Server(_))) {
            *conversation = Some(current);
        }
        sent
    }

    /// Writes down what became of a mail, at once: whatever is not written is sent again.
    async fn note(&self, row: Claimed, sent: std::result::Result<(), Refusal>) -> Result<()> {
        let now = self.accounts.now();
        let (refusal, pause) = match sent {
            Ok(()) => {
                self.transport.note(None);
                self.accounts.write(&Actor::system(), move |tx| store::accepted(tx, &row.id)).await?;
                self.state().1.accepted += 1;
                return Ok(());
            }
            Err(Refusal::Server(what)) => {
                self.transport.note(Some(&what));
                self.state().1.outage = Some(what.clone());
                (what, Some(pause_seconds(row.attempts).min(300)))
            }
            Err(Refusal::NotNow(what)) => (what, Some(pause_seconds(row.attempts))),
            Err(Refusal::Never(what)) => (what, None),
        };
        let is_too_old = now >= row.created_at.plus_seconds(GIVEN_UP_AFTER_SECONDS);
        let next = pause.filter(|_| !is_too_old).map(|seconds| now.plus_seconds(seconds));
        if next.is_none() {
            // The server's words may name the recipient, so they stay in the outbox, where the console shows them.
            tracing::warn!(mail = %row.id, kind = row.kind, "a mail was given up; the console says why");
        }
        let owner = self.owner.clone();
        self.accounts.write(&Actor::system(), move |tx| store::refused(tx, &row.id, &owner, next, &refusal)).await?;
        let delivered = &mut self.state().1;
        if next.is_some() {
            delivered.postponed += 1
        } else {
            delivered.failed += 1
        }
        Ok(())
    }

    /// Gives back what was not tried.
    async fn finish(&self) -> Result<()> {
        if self.state().0.is_empty() {
            return Ok(());
        }
        let owner = self.owner.clone();
        self.accounts.write(&Actor::system(), move |tx| store::release(tx, &owner)).await
    }

    fn add_to(self, total: &mut Delivered) {
        let (_, delivered) = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        total.accepted += delivered.accepted;
        total.postponed += delivered.postponed;
        total.failed += delivered.failed;
        total.outage = delivered.outage;
    }
}

/// Seconds to wait after that many earlier attempts: one minute, doubled each time, at most an hour.
fn pause_seconds(attempts: i64) -> i64 {
    60_i64.saturating_mul(1 << attempts.clamp(0, 6)).min(3600)
}

#[cfg(test)]
mod tests {
    use super::pause_seconds;

    #[test]
    fn the_pause_grows_to_an_hour() {
        let pauses: Vec<i64> = (0..9).map(pause_seconds).collect();
        assert_eq!(pauses, [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
        assert_eq!(pause_seconds(i64::MAX), 3600);
    }
}
