//! What the console shows of a back-channel log-out.

use account::log_out::LogOutId;
use account::{AccountId, Timestamp};

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits: for its first attempt, or after failed ones for the next.
    Waiting,
    /// The client said that it ended its session.
    Delivered,
    /// It was given up.
    Failed,
}

impl State {
    /// The state's name, as the console's filter has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// Reads [`State::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Waiting, Self::Delivered, Self::Failed].into_iter().find(|state| state.as_str() == text)
    }
}

/// One client to be told of one ended log-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its id; newer ones are greater.
    pub id: LogOutId,
    /// Who is told.
    pub client_id: String,
    /// Whose log-in ended.
    pub account_id: AccountId,
    /// How far it has come.
    pub state: State,
    /// When the log-in ended.
    pub created_at: Timestamp,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, while it waits.
    pub next_attempt_at: Timestamp,
    /// When the client heard of it, or it was given up.
    pub finished_at: Option<Timestamp>,
    /// What the last attempt met.
    pub last_error: Option<String>,
}

/// How many there are in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Waiting.
    pub waiting: i64,
    /// Of these: tried before, without success.
    pub retrying: i64,
    /// Heard by the client, in the last 30 days.
    pub delivered: i64,
    /// Given up, in the last 30 days.
    pub failed: i64,
}

/// What one round came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivered {
    /// Clients that heard of it.
    pub delivered: u32,
    /// Those that are told again later.
    pub postponed: u32,
    /// Those that were given up.
    pub failed: u32,
}
