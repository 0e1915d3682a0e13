//! What a passkey is.

use crate::AccountId;
use db::Timestamp;

db::id!(
    /// A passkey's id here (not the credential id that browsers know it by).
    PasskeyId
);

/// A passkey or security key, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Its id.
    pub id: PasskeyId,
    /// Whose it is.
    pub account_id: AccountId,
    /// What the owner calls it.
    pub name: String,
    /// Whether it verified the person (PIN, finger, face) when it was added: then it can replace the password too.
    pub verifies_person: bool,
    /// Whether it may be copied to other devices of its owner ("backup eligible", §6.1.3).
    pub synced: bool,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last used here.
    pub last_used_at: Option<Timestamp>,
    /// Since when it is not taken any more: its counter went back, so there may be a copy of it.
    pub suspended_at: Option<Timestamp>,
}

/// What an owner calls a passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyName(String);

/// Why a name is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameProblem {
    /// Nothing but spaces.
    #[error("Write a name by which you will recognise it, such as \"Phone\" or \"Key in the drawer\".")]
    Empty,
    /// More than [`PasskeyName::LONGEST`] characters.
    #[error("This name is too long. Use at most 64 characters.")]
    TooLong,
}

impl PasskeyName {
    /// The most characters that a name has.
    pub const LONGEST: usize = 64;

    /// Takes a name as typed: control characters and outer spaces go.
    ///
    /// # Errors
    /// It is empty or too long.
    pub fn parse(typed: &str) -> Result<Self, NameProblem> {
        let clean: String = typed.chars().filter(|c| !c.is_control()).collect();
        let name = clean.trim();
        match name.chars().count() {
            0 => Err(NameProblem::Empty),
            1..=Self::LONGEST => Ok(Self(name.to_owned())),
            _ => Err(NameProblem::TooLong),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
