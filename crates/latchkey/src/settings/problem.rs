//! What is wrong with the settings, said so that the operator knows what to write.

use std::fmt;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where: a key (`server.listen`), a variable, a file.
    pub place: String,
    /// What to write instead, as a sentence. Never holds a secret.
    pub advice: String,
}

impl Problem {
    /// A problem at `place`.
    pub fn new(place: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { place: place.into(), advice: advice.into() }
    }
}

/// Everything that is wrong, at once. The process ends with exit code 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => write!(out, "one thing in the settings is wrong:")?,
            count => write!(out, "{count} things in the settings are wrong:")?,
        }
        for problem in &self.0 {
            write!(out, "\n  {}: {}", problem.place, problem.advice)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
