//! The words of mails about further addresses of an account.

use super::{button, facts, text};
use crate::mail::Circumstances;
use crate::mail::letter::{Letter, Letterhead, one_line};

pub(super) fn confirm(head: &Letterhead, link: &str, circumstances: &Circumstances) -> Letter {
    let brand = one_line(&head.brand_name);
    Letter {
        subject: format!("Confirm another e-mail address for {brand}"),
        preheader: "One click, and you can log in with this address too.".to_owned(),
        parts: vec![
            text(format!("You asked to add this e-mail address to your {brand} account. Please confirm it:")),
            button("Confirm e-mail address", link),
            text("The link works once, for 24 hours."),
            facts(circumstances),
            text("You did not ask for it? Then do nothing: the address is not added without your confirmation."),
        ],
    }
}

pub(super) fn taken(head: &Letterhead, circumstances: &Circumstances) -> Letter {
    let brand = one_line(&head.brand_name);
    Letter {
        subject: format!("This e-mail address was not added to an account at {brand}"),
        preheader: "It belongs to another account already.".to_owned(),
        parts: vec![
            text(format!(
                "Somebody wanted to add this e-mail address to an account at {brand}. It belongs to another account already, so nothing was changed."
            )),
            text(
                "If it was you: log in to the account that has this address, and remove or replace it there. After that this address is free.",
            ),
            button("Log in", &head.url("/login")),
            facts(circumstances),
            text("It was not you? Then there is nothing to do."),
        ],
    }
}

pub(super) fn added(head: &Letterhead, address: &str, circumstances: &Circumstances) -> Letter {
    let brand = one_line(&head.brand_name);
    Letter {
        subject: format!("An e-mail address was added to your {brand} account"),
        preheader: "If it was you, there is nothing to do.".to_owned(),
        parts: vec![
            text(format!(
                "{} can be used to log in to your account from now on, and to get back in.",
                one_line(address)
            )),
            facts(circumstances),
            text("If it was you, there is nothing to do."),
            text(
                "It was not you? Choose a new password at once, which logs everybody out, and remove the address then:",
            ),
            button("Choose a new password", &head.url("/recover")),
        ],
    }
}

pub(super) fn removed(head: &Letterhead, address: &str, circumstances: &Circumstances) -> Letter {
    let brand = one_line(&head.brand_name);
    Letter {
        subject: format!("An e-mail address was removed from your {brand} account"),
        preheader: "If it was you, there is nothing to do.".to_owned(),
        parts: vec![
            text(format!("Nobody logs in to your account with {} any more.", one_line(address))),
            facts(circumstances),
            text("If it was you, there is nothing to do."),
            text(
                "It was not you? Choose a new password at once, with another of your addresses; that logs everybody out:",
            ),
            button("Choose a new password", &head.url("/recover")),
        ],
    }
}
