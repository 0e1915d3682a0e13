//! What an API token is.

use super::ApiTokenId;
use crate::email::is_invisible;
use crate::secret::Token;
use crate::{AccountId, Timestamp};
use unicode_normalization::UnicodeNormalization;

pub(super) const DAY_SECONDS: i64 = 24 * 3600;
/// The longest life of a token, in days.
pub const MAX_DAYS: u32 = 365;
/// Tokens that work, of one account, at most.
pub const MAX_LIVING: i64 = 50;
/// Seconds within which one note of a use is enough: a write each use would cost a commit each use.
const NOTED_EVERY_SECONDS: i64 = 300;
const NAME_CHARACTERS: usize = 100;

/// What a token opens: the scopes of OpenID Connect Core §5.4. A token never gives a refresh token, so there is no
/// `offline_access` among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenScope {
    /// Who the person is, by their id.
    OpenId,
    /// Name, picture and the rest of the profile.
    Profile,
    /// The primary e-mail address.
    Email,
    /// The postal address.
    Address,
    /// The phone number.
    Phone,
}

impl TokenScope {
    /// All of them, in the order in which pages list them.
    pub const ALL: [Self; 5] = [Self::OpenId, Self::Profile, Self::Email, Self::Address, Self::Phone];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenId => "openid",
            Self::Profile => "profile",
            Self::Email => "email",
            Self::Address => "address",
            Self::Phone => "phone",
        }
    }

    /// Those of a text with spaces between them; other words are left out.
    pub(super) fn read(text: &str) -> Vec<Self> {
        text.split(' ').filter_map(|word| Self::ALL.into_iter().find(|scope| scope.as_str() == word)).collect()
    }
}

/// The name by which its owner tells a token from others: 1 to 100 characters in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenName(String);

/// Why a text is no name that we take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenNameProblem {
    /// Nothing was written.
    #[error("Write a name, such as what the token is for.")]
    Missing,
    /// It is longer than 100 characters.
    #[error("Write a name of at most 100 characters.")]
    TooLong,
    /// It has line breaks, or characters that cannot be seen.
    #[error("Leave out characters that cannot be seen, such as line breaks.")]
    Invisible,
}

impl TokenName {
    /// Takes what a person typed; blanks around it go.
    pub fn parse(text: &str) -> Result<Self, TokenNameProblem> {
        let name: String = text.trim().nfc().collect();
        if name.is_empty() {
            return Err(TokenNameProblem::Missing);
        }
        if name.chars().any(is_invisible) {
            return Err(TokenNameProblem::Invisible);
        }
        if name.chars().count() > NAME_CHARACTERS {
            return Err(TokenNameProblem::TooLong);
        }
        Ok(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a person asks for.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Its name.
    pub name: TokenName,
    /// What it opens.
    pub scopes: Vec<TokenScope>,
    /// Its life in days, 1 to [`MAX_DAYS`].
    pub days: u32,
    /// The form that was filled in: sent twice (a reload), it makes one token.
    pub form: Token,
}

/// A token that was made. The secret itself is kept as a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id.
    pub id: ApiTokenId,
    /// Whose it is.
    pub account_id: AccountId,
    /// Its name.
    pub name: String,
    /// What it opens.
    pub scopes: Vec<TokenScope>,
    /// How it begins, for its owner to recognise it.
    pub beginning: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it is over.
    pub expires_at: Timestamp,
    /// When it was last used, give or take five minutes.
    pub last_used_at: Option<Timestamp>,
}

impl ApiToken {
    /// Its scopes as one text.
    pub fn scope(&self) -> String {
        self.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Whether it opens this.
    pub fn opens(&self, scope: TokenScope) -> bool {
        self.scopes.contains(&scope)
    }

    /// Whether its time is over.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }

    /// Whether a use now is worth a note: the last one is some minutes old.
    pub fn use_is_to_be_noted(&self, now: Timestamp) -> bool {
        self.last_used_at.is_none_or(|at| at <= noted_before(now))
    }
}

pub(super) fn noted_before(now: Timestamp) -> Timestamp {
    now.plus_seconds(-NOTED_EVERY_SECONDS)
}
