//! What a verification is.

use crate::outbox::MailState;
use crate::secret::{InstallationKey, Token};
use crate::{AccountId, Timestamp};

db::id!(
    /// A verification's id.
    VerificationId
);

/// Seconds that a link lives.
pub const LINK_SECONDS: i64 = 24 * 3600;
/// Seconds that a code lives.
pub const CODE_SECONDS: i64 = 15 * 60;
/// Tries that a code has.
pub const CODE_TRIES: i64 = 5;
/// Seconds after which an account that was never verified is removed.
pub const STALE_SECONDS: i64 = 7 * 24 * 3600;

/// Stands for "no browser". Hashes are never empty, so it is no browser's.
pub(super) const NO_BROWSER: &[u8] = &[];

/// A mail with a link and a code, as the browser that it belongs to sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Its id.
    pub id: VerificationId,
    /// Whose address it confirms. `None`: it confirms nothing, but looks as if it did.
    pub(super) account_id: Option<AccountId>,
    /// The address, as it was typed here.
    pub address: String,
    /// The browser in which it began.
    pub(super) browser_hash: Vec<u8>,
    pub(super) code_mac: Vec<u8>,
    /// Where the visitor was going.
    pub return_to: Option<String>,
    /// How the mail fares.
    pub delivery: Delivery,
    pub(super) code_expires_at: Timestamp,
    pub(super) code_tries: i64,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Timestamp,
    pub(super) consumed_at: Option<Timestamp>,
}

impl Verification {
    /// Whether its code can still be typed.
    pub fn code_state(&self, now: Timestamp) -> CodeState {
        if self.code_tries >= CODE_TRIES {
            CodeState::UsedUp
        } else if self.code_expires_at <= now {
            CodeState::Expired
        } else {
            CodeState::Open
        }
    }

    pub(super) fn is_open(&self, now: Timestamp) -> bool {
        self.consumed_at.is_none() && now < self.expires_at
    }
}

/// Whether a code can still be typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeState {
    /// Yes.
    Open,
    /// Its 15 minutes are over.
    Expired,
    /// It was mistyped five times.
    UsedUp,
}

/// How a mail fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It waits to be sent, or the mail server did not take it yet.
    Queued,
    /// The mail server took it.
    Accepted,
    /// The mail server refused it for good.
    Failed,
}

impl From<MailState> for Delivery {
    fn from(state: MailState) -> Self {
        match state {
            MailState::Queued => Self::Queued,
            MailState::Accepted => Self::Accepted,
            MailState::Failed => Self::Failed,
        }
    }
}

/// The addresses that the mails name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    confirm: String,
    pub(super) log_in: String,
    pub(super) recover: String,
}

impl Links {
    /// Those of the installation at this address (without a slash at its end).
    pub fn under(public_url: &str) -> Self {
        Self {
            confirm: format!("{public_url}/verify-email/confirm?token="),
            log_in: format!("{public_url}/login"),
            recover: format!("{public_url}/recover"),
        }
    }

    pub(super) fn confirm(&self, token: &Token) -> String {
        format!("{}{}", self.confirm, token.reveal())
    }
}

/// What came of asking for a mail. It says nothing about whether the address has an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Whatever there was to send is on its way.
    Done,
    /// Too many mails were asked for: not for so many seconds.
    Wait(i64),
}

/// An address that was confirmed; its account is active now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// Whose.
    pub account_id: AccountId,
    /// Where the visitor was going.
    pub return_to: Option<String>,
}

/// Why nothing was confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// A wrong code; so many tries are left.
    WrongCode(i64),
    /// The code's 15 minutes are over.
    CodeExpired,
    /// The code was mistyped five times.
    CodeUsedUp,
    /// The link was opened in another browser: the password of the sign-up is needed, and was not typed or is wrong.
    PasswordNeeded,
    /// There is nothing to confirm (any more): unknown, older than 24 hours, confirmed already, or replaced by a new
    /// sign-up.
    Over,
}

/// What the page that a link opens shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkView {
    /// Which verification it is.
    pub id: VerificationId,
    /// Whose address.
    pub account_id: AccountId,
    /// The address.
    pub address: String,
    /// Whether this is the browser that signed up: then no password is asked for.
    pub is_same_browser: bool,
}

/// What is kept of a code: six digits alone could be tried out by whoever reads the database.
pub(super) fn code_mac(key: &InstallationKey, id: &VerificationId, code: &str) -> [u8; 32] {
    key.mac("verification code", &[id.as_str().as_bytes(), code.as_bytes()])
}
