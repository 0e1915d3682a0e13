//! What the console shows of a mail: never its content.

use super::OutboxId;
use crate::{AccountId, Timestamp};

/// How far a mail has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailState {
    /// It waits: for its first attempt, or after failed ones for the next.
    Queued,
    /// The mail server took it. Whether it reached the mailbox, only the servers after it know.
    Accepted,
    /// It was given up.
    Failed,
}

impl MailState {
    /// The state's name, as the console's filter has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Accepted => "accepted",
            Self::Failed => "failed",
        }
    }

    /// Reads [`MailState::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Queued, Self::Accepted, Self::Failed].into_iter().find(|state| state.as_str() == text)
    }
}

/// One mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailSummary {
    /// Its id; newer ones are greater.
    pub id: OutboxId,
    /// [`crate::mail::Mail::kind`].
    pub kind: String,
    /// Whom it concerns.
    pub account_id: Option<AccountId>,
    /// The address it goes to.
    pub recipient: String,
    /// How far it has come.
    pub state: MailState,
    /// When it was queued.
    pub created_at: Timestamp,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, while it is queued.
    pub next_attempt_at: Timestamp,
    /// When it was taken, or given up.
    pub finished_at: Option<Timestamp>,
    /// What the last attempt met.
    pub last_error: Option<String>,
}

/// How many mails there are in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MailCounts {
    /// Waiting.
    pub queued: i64,
    /// Of these: tried before, without success.
    pub retrying: i64,
    /// Taken by the server, in the last 30 days.
    pub accepted: i64,
    /// Given up, in the last 30 days.
    pub failed: i64,
}
