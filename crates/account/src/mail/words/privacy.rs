//! Mails about a person's data, and about leaving.

use super::{button, facts, instant, support, text};
use crate::Timestamp;
use crate::mail::Circumstances;
use crate::mail::letter::{Letter, Letterhead, Part, one_line};

pub(super) fn export_ready(head: &Letterhead, link: &str, until: Timestamp) -> Letter {
    let brand = one_line(&head.brand_name);
    Letter {
        subject: format!("Your data at {brand} is ready"),
        preheader: "Fetch it within 7 days.".to_owned(),
        parts: vec![
            text("Everything that we hold about you is gathered, in one file. Log in and fetch it here:"),
            button("Fetch my data", link),
            Part::Facts(vec![("Kept until", instant(until))]),
            text("It tells much about you: keep it where nobody else looks."),
            text(
                "You did not ask for it? Then somebody else is logged in to your account: choose a new password at once, and throw the file away on that page.",
            ),
        ],
    }
}

pub(super) fn closed(head: &Letterhead, login_link: &str, circumstances: &Circumstances) -> Letter {
    let brand = one_line(&head.brand_name);
    Letter {
        subject: format!("You deactivated your {brand} account"),
        preheader: "Log in whenever you want it back.".to_owned(),
        parts: vec![
            text("Your account is deactivated, as you asked. You are logged out everywhere, and nothing is deleted."),
            facts(circumstances),
            text("To use it again, log in:"),
            button("Log in", login_link),
            text("It was not you? Log in, then choose a new password: whoever did this knows yours."),
        ],
    }
}

pub(super) fn opened(head: &Letterhead, circumstances: &Circumstances) -> Letter {
    let brand = one_line(&head.brand_name);
    Letter {
        subject: format!("Your {brand} account is active again"),
        preheader: "If it was you, there is nothing to do.".to_owned(),
        parts: vec![
            text("You logged in and activated your account again. Nothing was deleted."),
            facts(circumstances),
            text("It was not you? Choose a new password at once; that logs everybody out:"),
            button("Choose a new password", &head.url("/recover")),
        ],
    }
}

pub(super) fn deletion_asked(
    head: &Letterhead,
    erase_at: Timestamp,
    login_link: &str,
    circumstances: &Circumstances,
) -> Letter {
    let brand = one_line(&head.brand_name);
    Letter {
        subject: format!("Your {brand} account will be deleted"),
        preheader: "You can keep it until then: log in.".to_owned(),
        parts: vec![
            text(
                "You asked us to delete your account. Until then it is deactivated, and you are logged out everywhere.",
            ),
            Part::Facts(vec![("Deleted on", instant(erase_at))]),
            text("After that nobody can bring it back. To keep it, log in before:"),
            button("Keep my account", login_link),
            facts(circumstances),
            text("It was not you? Log in, keep your account, and choose a new password: whoever did this knows yours."),
        ],
    }
}

pub(super) fn deletion_cancelled(head: &Letterhead, by_operator: bool, circumstances: &Circumstances) -> Letter {
    let brand = one_line(&head.brand_name);
    let who = if by_operator {
        "An operator cancelled the deletion of your account for you."
    } else {
        "You logged in and kept your account. It is not deleted."
    };
    let mut parts = vec![text(format!("{who} Nothing was deleted, and you can log in."))];
    if by_operator {
        parts.push(Part::Facts(vec![("When", instant(circumstances.at))]));
        parts.push(text(support(head, "You did not want that? Delete it again, or ask")));
    } else {
        parts.push(facts(circumstances));
        parts.push(text("It was not you? Choose a new password at once; that logs everybody out:"));
        parts.push(button("Choose a new password", &head.url("/recover")));
    }
    Letter { subject: format!("Your {brand} account is kept"), preheader: "It is not deleted.".to_owned(), parts }
}

pub(super) fn deletion_tomorrow(head: &Letterhead, erase_at: Timestamp, login_link: &str) -> Letter {
    let brand = one_line(&head.brand_name);
    Letter {
        subject: format!("Your {brand} account is deleted tomorrow"),
        preheader: "The last day to keep it.".to_owned(),
        parts: vec![
            text("Some days ago you asked us to delete your account. That is done soon, and nobody can bring it back."),
            Part::Facts(vec![("Deleted on", instant(erase_at))]),
            text("You want to keep it? Log in before:"),
            button("Keep my account", login_link),
            text("You still want it deleted? Then there is nothing to do."),
        ],
    }
}

pub(super) fn erased(head: &Letterhead, at: Timestamp) -> Letter {
    let brand = one_line(&head.brand_name);
    Letter {
        subject: format!("Your {brand} account is deleted"),
        preheader: "This is our last mail to you.".to_owned(),
        parts: vec![
            text(
                "Your account is deleted, as you asked: name, address, picture and all else that we held about you. We forget this address too once this mail is delivered.",
            ),
            Part::Facts(vec![("When", instant(at))]),
            text(
                "What products hold about you is theirs to delete: ask them. You may sign up again at any time; that will be a new account.",
            ),
        ],
    }
}
