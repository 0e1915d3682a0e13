//! Display names.

use crate::email::is_invisible;
use unicode_normalization::UnicodeNormalization;

/// A person's name as others see it: 1 to 100 characters in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayName(String);

/// Why a text is no name that we take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameProblem {
    /// Nothing was written.
    #[error("Write your name.")]
    Missing,
    /// It is longer than 100 characters.
    #[error("Write a name of at most 100 characters.")]
    TooLong,
    /// It has line breaks, or characters that cannot be seen.
    #[error("Leave out characters that cannot be seen, such as line breaks.")]
    Invisible,
}

impl DisplayName {
    /// Takes what a person typed; blanks around it go.
    pub fn parse(text: &str) -> Result<Self, NameProblem> {
        let name: String = text.trim().nfc().collect();
        // The two joiners are part of how some scripts, and composed pictographs, are written.
        if name.chars().any(|c| is_invisible(c) && !matches!(c, '\u{200c}' | '\u{200d}')) {
            return Err(NameProblem::Invisible);
        }
        if !name.chars().any(|c| !c.is_whitespace() && !is_invisible(c)) {
            return Err(NameProblem::Missing);
        }
        if name.chars().count() > 100 {
            return Err(NameProblem::TooLong);
        }
        Ok(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for DisplayName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
