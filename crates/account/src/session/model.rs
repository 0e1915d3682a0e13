//! What a session is.

use crate::AccountId;
use db::Timestamp;
use serde::{Deserialize, Serialize};

db::id!(
    /// A browser session's id (not its secret).
    SessionId
);
db::id!(
    /// A log-in's id: the `sid` of tokens.
    LoginId
);

/// How long sessions live, from the settings `tokens.session_*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// Seconds without a visit after which a session ends.
    pub idle_seconds: i64,
    /// Seconds after which a session ends in any case.
    pub absolute_seconds: i64,
}

/// Authentication method references, RFC 8176.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Amr {
    /// A password.
    Pwd,
    /// A one-time code.
    Otp,
    /// Proof of a hardware-secured key.
    Hwk,
    /// Proof of a software-secured key.
    Swk,
    /// The user was verified by the authenticator.
    User,
    /// More than one factor.
    Mfa,
}

/// Authentication context class references, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Acr {
    /// A password alone.
    #[serde(rename = "urn:latchkey:acr:password")]
    Password,
    /// Two steps.
    #[serde(rename = "urn:latchkey:acr:two-step")]
    TwoStep,
    /// Phishing-resistant (OpenID Extended Authentication Profile).
    #[serde(rename = "phr")]
    PhishingResistant,
}

impl Acr {
    /// All, in rising order.
    pub const ALL: [Self; 3] = [Self::Password, Self::TwoStep, Self::PhishingResistant];

    /// The value in tokens.
    pub fn as_str(self) -> &'static str {
        match self {
            Acr::Password => "urn:latchkey:acr:password",
            Acr::TwoStep => "urn:latchkey:acr:two-step",
            Acr::PhishingResistant => "phr",
        }
    }

    /// Reads a value of tokens or requests.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|acr| acr.as_str() == text)
    }
}

/// How somebody just proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authentication {
    /// By which methods.
    pub amr: Vec<Amr>,
    /// To which level.
    pub acr: Acr,
}

impl Authentication {
    /// By password alone.
    pub fn password() -> Self {
        Self { amr: vec![Amr::Pwd], acr: Acr::Password }
    }
}

/// One account's log-in within a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Its id, the `sid` of tokens.
    pub id: LoginId,
    /// Whose.
    pub account_id: AccountId,
    /// When the person last proved who they are (`auth_time`).
    pub authenticated_at: Timestamp,
    /// By which methods.
    pub amr: Vec<Amr>,
    /// To which level.
    pub acr: Acr,
}

/// Seconds for which a log-in is fresh enough for risky acts.
pub const FRESH_SECONDS: i64 = 600;

impl Login {
    /// Whether the person proved who they are recently enough for risky acts, with two steps where `reachable` says that
    /// the account can.
    pub fn is_fresh(&self, now: Timestamp, reachable: Acr) -> bool {
        let age = now.as_micros().saturating_sub(self.authenticated_at.as_micros());
        age <= FRESH_SECONDS * 1_000_000 && self.acr >= reachable.min(Acr::TwoStep)
    }
}

/// A browser session that is alive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// When it was last seen, to the nearest touch.
    pub last_seen_at: Timestamp,
    /// The log-ins in it, the latest first. Never empty.
    pub logins: Vec<Login>,
}

/// Accounts that can be logged in at the same time in one browser.
pub const MOST_ACCOUNTS: usize = 10;

impl Session {
    /// Whether this account cannot be added: it is not here, and as many others are as can be.
    pub fn is_full_for(&self, account: &AccountId) -> bool {
        self.logins.len() >= MOST_ACCOUNTS && self.login_of(account).is_none()
    }

    /// The log-in of this account, if it is in the session.
    pub fn login_of(&self, account: &AccountId) -> Option<&Login> {
        self.logins.iter().find(|login| login.account_id == *account)
    }

    /// The log-in that was used or made last.
    pub fn current(&self) -> Option<&Login> {
        self.logins.first()
    }
}

/// Where an account is logged in: one of its log-ins, and the browser that it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserLogin {
    /// The log-in.
    pub login: LoginId,
    /// The browser's session; other accounts may be logged in there too.
    pub session: SessionId,
    /// What the browser calls itself; empty: nothing.
    pub user_agent: String,
    /// The network address that it was last seen at; empty: none.
    pub address: String,
    /// When the account logged in there.
    pub since: Timestamp,
    /// When the browser was last seen, to the nearest touch.
    pub last_seen_at: Timestamp,
}

/// Whose session it is, as pages show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Display name.
    pub name: String,
    /// Primary e-mail address.
    pub email: String,
    /// The uploaded picture, if there is one.
    pub avatar_id: Option<String>,
    /// Whether they run the installation.
    pub operator: bool,
}
