//! The words of mails about who uses an account.

use super::{button, facts, text};
use crate::mail::Circumstances;
use crate::mail::letter::{Letter, Letterhead};

/// A log-in with a new browser.
pub(super) fn new_device(head: &Letterhead, brand: &str, circumstances: &Circumstances) -> Letter {
    Letter {
        subject: format!("New log-in to your {brand} account"),
        preheader: "If it was you, there is nothing to do.".to_owned(),
        parts: vec![
            text("Somebody logged in to your account with a browser that you did not use with it before."),
            facts(circumstances),
            text("If it was you, there is nothing to do."),
            text("It was not you? Lock your account at once; that logs everybody out and makes the password void:"),
            button("This was not me", &head.url("/account/activity/not-me")),
            text("Does your password not work any more? Then choose a new one:"),
            button("Choose a new password", &head.url("/recover")),
        ],
    }
}

/// "This was not me" was said.
pub(super) fn account_locked(brand: &str, link: &str, circumstances: &Circumstances) -> Letter {
    Letter {
        subject: format!("Your {brand} account is locked: choose a new password"),
        preheader: "The link works once, for 60 minutes.".to_owned(),
        parts: vec![
            text(
                "You said that somebody else used your account. So everybody is logged out of it, products lost their access, and the old password opens nothing any more. Choose a new one here:",
            ),
            button("Choose a new password", link),
            text("The link works once, for 60 minutes. Two-step verification stays as it is."),
            facts(circumstances),
            text("You did not say so? Then somebody was in your account: choose a new password all the same."),
        ],
    }
}
