//! `registration.mode`.

use oidc::registration::Mode;
use serde::Deserialize;

/// Who may register clients.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct RegistrationMode(pub Mode);

impl TryFrom<String> for RegistrationMode {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mode = match text.as_str() {
            "token" => Mode::Token,
            "open" => Mode::Open,
            "closed" => Mode::Closed,
            _ => return Err(format!("\"{text}\" is none of the modes; write \"token\", \"open\" or \"closed\"")),
        };
        Ok(Self(mode))
    }
}
