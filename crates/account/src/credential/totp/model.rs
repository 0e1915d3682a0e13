//! What an authenticator app is.

use super::super::typed;
use crate::Timestamp;
use zeroize::Zeroizing;

db::id!(
    /// The id of an authenticator app.
    AppId
);

/// The longest name of an app, in characters.
pub const LONGEST_NAME: usize = 60;

/// How many apps an account may have.
pub const MOST_APPS: usize = 10;

/// What its owner calls an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppName(String);

/// Why a text is no name of an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AppNameProblem {
    /// Nothing but white space.
    #[error("Give the app a name, such as the phone that it is on.")]
    Empty,
    /// Longer than [`LONGEST_NAME`].
    #[error("Choose a name of at most 60 characters.")]
    TooLong,
}

impl AppName {
    /// Takes what was typed, without control characters and superfluous white space.
    pub fn parse(typed: &str) -> Result<Self, AppNameProblem> {
        let words = typed.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
        let name = words.collect::<Vec<_>>().join(" ");
        match name.chars().count() {
            0 => Err(AppNameProblem::Empty),
            1..=LONGEST_NAME => Ok(Self(name)),
            _ => Err(AppNameProblem::TooLong),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An app that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// Its id.
    pub id: AppId,
    /// What its owner calls it.
    pub name: String,
    /// Since when it counts.
    pub added_at: Timestamp,
    /// When a code of it was last taken.
    pub last_used_at: Option<Timestamp>,
}

/// An app that waits for its first right code.
#[derive(Debug)]
pub struct Waiting {
    /// Its id.
    pub id: AppId,
    /// The name that its owner gave it so far.
    pub name: String,
    /// Its secret, to be shown.
    pub secret: Secret,
    /// The app whose place it takes.
    pub replaces: Option<AppId>,
}

/// What became of an app's first code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmed {
    /// The app counts.
    Now {
        /// The name of the app whose place it took.
        replaced: Option<String>,
    },
    /// It is not the app's code now.
    Wrong,
    /// The app does not wait any more: it was confirmed, began too long ago, or there is no room for it.
    Gone,
}

/// An app that was removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// What it was called.
    pub name: String,
    /// How many apps the account still has.
    pub left: i64,
}

/// The secret that an app and we share: 160 bits (RFC 4226 §4, R6). Does not print.
pub struct Secret(Zeroizing<[u8; 20]>);

impl Secret {
    /// A fresh one.
    pub(super) fn generate() -> Self {
        let random = Zeroizing::new(crate::secret::random_bytes());
        let mut bytes = Zeroizing::new([0; 20]);
        bytes.copy_from_slice(&random[..20]);
        Self(bytes)
    }

    /// Takes one that was opened.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// The time step whose code was typed, one step early or late allowed. `None`: it is not a code of this time.
    pub(super) fn step_of(&self, typed: &str, now: Timestamp) -> Option<i64> {
        let code = typed::characters(typed)?;
        let seconds = u64::try_from(now.as_seconds()).ok()?;
        i64::try_from(self.app("", "").check(&code, seconds)?).ok()
    }

    /// The secret in base32, as people type it into an app that cannot scan.
    pub fn base32(&self) -> Zeroizing<String> {
        Zeroizing::new(totp_rs::Secret::from(*self.0).to_base32())
    }

    /// The address that an app reads from the square: `otpauth://totp/…`, naming the installation and the account.
    pub fn uri(&self, issuer: &str, account: &str) -> Zeroizing<String> {
        let written = self.app(issuer, account).to_url();
        Zeroizing::new(written.expect("an account has a name, and none of the parts has a colon"))
    }

    /// The code of an instant, for tests that play the part of the app.
    pub fn code_at(&self, at: Timestamp) -> String {
        self.app("", "").generate(u64::try_from(at.as_seconds()).unwrap_or(0)).to_string()
    }

    /// SHA-1, six digits, thirty seconds, one step of drift: the defaults of the library and of every app.
    fn app(&self, issuer: &str, account: &str) -> totp_rs::Totp {
        // The label is "issuer:account": neither may have a colon of its own.
        let plain = |text: &str| text.replace(':', " ");
        let issuer = Some(plain(issuer)).filter(|issuer| !issuer.trim().is_empty());
        totp_rs::Builder::new()
            .with_secret(*self.0)
            .with_issuer(issuer)
            .with_account_name(plain(account))
            .build_noncompliant()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}
