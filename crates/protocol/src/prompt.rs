//! The `prompt` parameter: what the client wants the visitor to see (OpenID Connect Core §3.1.2.1).

use crate::wire::{parse_exactly, wire_enum};

wire_enum! {
    /// One value of `prompt`.
    pub enum Prompt {
        /// No page at all: answer at once or with an error.
        None = "none",
        /// Log in again.
        Login = "login",
        /// Ask for consent again.
        Consent = "consent",
        /// Let the visitor choose the account.
        SelectAccount = "select_account",
        /// Offer to make an account (Initiating User Registration §4.1).
        Create = "create",
    }
}
parse_exactly!(Prompt);

/// Why a `prompt` was refused; both are an `invalid_request`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PromptError {
    /// A value that nobody knows.
    #[error("prompt has an unknown value")]
    Unknown,
    /// `none` together with another value.
    #[error("prompt none cannot be combined with another value")]
    NoneWithOthers,
}

/// The set of prompt values in one request; empty when the parameter was absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PromptSet(Vec<Prompt>);

impl PromptSet {
    /// Whether the value was asked for.
    pub fn contains(&self, prompt: Prompt) -> bool {
        self.0.contains(&prompt)
    }

    /// Whether nothing was asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The values, in the order sent, each once.
    pub fn iter(&self) -> impl Iterator<Item = Prompt> {
        self.0.iter().copied()
    }
}

impl std::str::FromStr for PromptSet {
    type Err = PromptError;

    fn from_str(text: &str) -> Result<Self, PromptError> {
        let mut set = Vec::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let prompt = word.parse().map_err(|_| PromptError::Unknown)?;
            if !set.contains(&prompt) {
                set.push(prompt);
            }
        }
        if set.contains(&Prompt::None) && set.len() > 1 {
            return Err(PromptError::NoneWithOthers);
        }
        Ok(Self(set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_stands_alone() {
        assert_eq!("none login".parse::<PromptSet>(), Err(PromptError::NoneWithOthers));
        assert!("none none".parse::<PromptSet>().unwrap().contains(Prompt::None));
        assert_eq!("logon".parse::<PromptSet>(), Err(PromptError::Unknown));
        let both = "login consent".parse::<PromptSet>().unwrap();
        assert!(both.contains(Prompt::Login) && both.contains(Prompt::Consent) && !both.contains(Prompt::Create));
        assert!("".parse::<PromptSet>().unwrap().is_empty());
    }
}
