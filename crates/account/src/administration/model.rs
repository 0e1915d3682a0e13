//! Accounts as operators see them.

use crate::AccountId;
use crate::account::AccountStatus;
use crate::audit::AuditEntry;
use crate::closure::Closure;
use db::Timestamp;

/// Which accounts are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// A part of the name or of an e-mail address; empty: any.
    pub text: String,
    /// Only those in this state.
    pub status: Option<AccountStatus>,
    /// Only operators.
    pub operators: bool,
}

/// From where a page of a list goes on, the newest account being the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Direction {
    /// From the beginning.
    First,
    /// Accounts made before this one.
    After(AccountId),
    /// Accounts made since this one, nearest to it.
    Before(AccountId),
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The accounts, the newest first.
    pub lines: Vec<AccountLine>,
    /// Whether there are newer ones.
    pub has_newer: bool,
    /// Whether there are older ones.
    pub has_older: bool,
}

/// An account in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLine {
    /// Its id.
    pub id: AccountId,
    /// Display name.
    pub name: String,
    /// Its primary e-mail address.
    pub email: String,
    /// Its state.
    pub status: AccountStatus,
    /// Whether it is an operator.
    pub operator: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last logged in, as far as log-ins are remembered.
    pub last_login_at: Option<Timestamp>,
    /// Browser sessions that are alive.
    pub sessions: i64,
}

/// All that an operator sees of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// What the list shows too.
    pub line: AccountLine,
    /// Its e-mail addresses, the primary one first.
    pub emails: Vec<EmailLine>,
    /// Its API tokens that work.
    pub api_tokens: i64,
    /// When it was deactivated, and why.
    pub deactivated: Option<(Timestamp, String)>,
    /// Its owner's wish to leave.
    pub closure: Option<Closure>,
    /// What happened to it, the newest first.
    pub entries: Vec<Entry>,
}

/// An e-mail address of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailLine {
    /// As its owner wrote it.
    pub address: String,
    /// Whether products see it.
    pub is_primary: bool,
    /// When it was confirmed.
    pub verified_at: Option<Timestamp>,
}

/// An audit entry with the name of who acted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The entry.
    pub entry: AuditEntry,
    /// The display name of the acting account, when it is another one and still there.
    pub actor_name: Option<String>,
}

/// How many accounts there are, for the console's first page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Not confirmed yet.
    pub unverified: i64,
    /// In use.
    pub active: i64,
    /// Deactivated.
    pub deactivated: i64,
    /// Operators among those in use.
    pub operators: i64,
}
