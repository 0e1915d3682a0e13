//! The words of notices about API tokens.

use super::{button, facts, text};
use crate::mail::Circumstances;
use crate::mail::letter::{Letter, Letterhead, one_line};

pub(super) fn made(head: &Letterhead, name: &str, circumstances: &Circumstances) -> Letter {
    let brand = one_line(&head.brand_name);
    Letter {
        subject: format!("An API token was made for your {brand} account"),
        preheader: "If it was you, there is nothing to do.".to_owned(),
        parts: vec![
            text(format!("The new API token “{}” can see of your account what was chosen for it.", one_line(name))),
            facts(circumstances),
            text("If it was you, there is nothing to do."),
            text("It was not you? Revoke the token, then choose a new password:"),
            button("Look at your API tokens", &head.url("/account/tokens")),
        ],
    }
}
