//! What an account is.

use super::{Claims, DisplayName};
use crate::AccountId;
use crate::email::Email;
use db::Timestamp;

db::id!(
    /// A picture's id; changing the picture changes it, so that an address with it may be cached for ever.
    AvatarId
);
db::id!(
    /// The id of an e-mail address that an account has.
    EmailId
);

/// How far an account may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountStatus {
    /// Signed up, the address not confirmed yet: enters nothing, and gives way to a new sign-up with the address.
    Unverified,
    /// In use.
    Active,
    /// Switched off by an operator; can be switched on again.
    Deactivated,
    /// Gone; the id stays so that it is never given again.
    Deleted,
}

impl AccountStatus {
    /// The value in the database and in the console's filters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unverified => "unverified",
            Self::Active => "active",
            Self::Deactivated => "deactivated",
            Self::Deleted => "deleted",
        }
    }

    /// Reads [`AccountStatus::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Unverified, Self::Active, Self::Deactivated, Self::Deleted].into_iter().find(|s| s.as_str() == text)
    }
}

/// A person's account.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Its id, the `sub` of tokens.
    pub id: AccountId,
    /// How far it may be used.
    pub status: AccountStatus,
    /// The display name.
    pub name: String,
    /// Whether it may use the console.
    pub operator: bool,
    /// The picture; none: initials.
    pub avatar_id: Option<AvatarId>,
    /// The standard claims that the person filled in, apart from name, picture and address.
    pub claims: Claims,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the profile changed last (the claim `updated_at`).
    pub updated_at: Timestamp,
    /// When it was deactivated.
    pub deactivated_at: Option<Timestamp>,
    /// Why it was deactivated, in the operator's words.
    pub deactivation_reason: Option<String>,
    /// The address to log in with.
    pub email: PrimaryEmail,
}

impl Account {
    /// Whether it may log in and enter products.
    pub fn is_active(&self) -> bool {
        self.status == AccountStatus::Active
    }
}

/// The address that an account logs in with and gets mail at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrimaryEmail {
    /// Its id.
    pub id: EmailId,
    /// As typed.
    pub address: String,
    /// As compared.
    pub normalized: String,
    /// Since when it is known to be theirs (the claim `email_verified`).
    pub verified_at: Option<Timestamp>,
}

impl PrimaryEmail {
    /// Whether it is known to be theirs.
    pub fn is_verified(&self) -> bool {
        self.verified_at.is_some()
    }
}

/// What an account is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAccount {
    /// The address, which no other account may have.
    pub email: Email,
    /// The display name.
    pub name: DisplayName,
    /// Whether the address is known to be theirs: then the account is active, else unverified.
    pub verified: bool,
    /// Whether it may use the console.
    pub operator: bool,
    /// Standard claims.
    pub claims: Claims,
}

impl NewAccount {
    /// A person's own account, unverified.
    pub fn of_person(email: Email, name: DisplayName) -> Self {
        Self { email, name, verified: false, operator: false, claims: Claims::default() }
    }
}
