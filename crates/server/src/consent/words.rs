//! Scopes in plain words.

use protocol::Scope;
use protocol::scope::{ADDRESS, EMAIL, OFFLINE_ACCESS, OPENID, PHONE, PROFILE};

/// One line of the consent page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// What the client gets.
    pub(super) text: String,
    /// More about it; empty: nothing.
    pub(super) hint: String,
}

/// What a scope means to the person. A scope that only the product knows is shown by its name.
pub(super) fn lines(scope: &Scope, email: &str) -> Vec<Line> {
    let line = |text: &str, hint: &str| Line { text: text.to_owned(), hint: hint.to_owned() };
    let words = |token: &str| match token {
        OPENID => line("See that it is you", "Without your name or address."),
        PROFILE => line("See your name and picture", "And the rest of your profile: language, time zone and so on."),
        EMAIL => line("See your e-mail address", email),
        ADDRESS => line("See your postal address", ""),
        PHONE => line("See your phone number", ""),
        OFFLINE_ACCESS => line("Use these while you are away", "Until you remove it under Apps in your account."),
        other => line(&format!("Use “{other}”"), "A permission that this product brings with it."),
    };
    scope.iter().map(words).collect()
}
