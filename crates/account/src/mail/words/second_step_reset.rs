//! The words about the removal of second steps by who has lost them.

use super::{button, facts, instant, support, text};
use crate::Timestamp;
use crate::mail::Circumstances;
use crate::mail::letter::{Letter, Letterhead, Part, one_line};

pub(super) fn asked(
    head: &Letterhead,
    ready_at: Timestamp,
    cancel_link: &str,
    circumstances: &Circumstances,
) -> Letter {
    let brand = one_line(&head.brand_name);
    let mut parts = vec![
        text(format!(
            "Somebody who knows your password says that your phone, your keys and your recovery codes are lost, and asked for the removal of two-step verification. It waits until {}. Then we send a link for it to your primary address.",
            instant(ready_at)
        )),
        facts(circumstances),
    ];
    parts.extend(stop(head, cancel_link));
    Letter {
        subject: format!("Two-step verification of your {brand} account is to be removed"),
        preheader: "It waits for 7 days. You can stop it.".to_owned(),
        parts,
    }
}

pub(super) fn soon(head: &Letterhead, ready_at: Timestamp, cancel_link: &str) -> Letter {
    let brand = one_line(&head.brand_name);
    let mut parts = vec![text(format!(
        "Six days ago somebody who knows your password asked for the removal of two-step verification from your account. The waiting ends on {}.",
        instant(ready_at)
    ))];
    parts.extend(stop(head, cancel_link));
    Letter {
        subject: format!("Tomorrow two-step verification of your {brand} account can be removed"),
        preheader: "You can still stop it.".to_owned(),
        parts,
    }
}

pub(super) fn ready(head: &Letterhead, link: &str, cancel_link: &str) -> Letter {
    let mut parts = vec![
        text(
            "The 7 days are over. With this link and your password you remove every second step from your account. After that log in, and add a new one.",
        ),
        button("Remove two-step verification", link),
        text("The link works once, for 7 days."),
    ];
    parts.extend(stop(head, cancel_link));
    Letter {
        subject: format!("Remove two-step verification from your {} account", one_line(&head.brand_name)),
        preheader: "The link works once, for 7 days.".to_owned(),
        parts,
    }
}

pub(super) fn cancelled(head: &Letterhead, circumstances: &Circumstances) -> Letter {
    Letter {
        subject: format!("Two-step verification of your {} account stays", one_line(&head.brand_name)),
        preheader: "Its removal was stopped.".to_owned(),
        parts: vec![
            text("The removal of two-step verification that was asked for is stopped. Everything stays as it was."),
            facts(circumstances),
            text(
                "You had not asked for the removal? Then somebody knows your password. Choose a new one; that logs everybody out:",
            ),
            button("Choose a new password", &head.url("/recover")),
        ],
    }
}

pub(super) fn done(head: &Letterhead, by_operator: bool, at: Timestamp) -> Letter {
    let who = if by_operator { "An operator removed" } else { "After the waiting period you removed" };
    Letter {
        subject: format!("Two-step verification of your {} account was removed", one_line(&head.brand_name)),
        preheader: "Your password alone logs in now.".to_owned(),
        parts: vec![
            text(format!(
                "{who} every second step from your account, with its recovery codes. Your password alone logs in now."
            )),
            Part::Facts(vec![("When", instant(at))]),
            text("Log in, and add a new second step:"),
            button("Go to Security", &head.url("/account/security")),
            text(support(head, "You did not want this? Choose a new password at once, and ask for help")),
        ],
    }
}

fn stop(head: &Letterhead, cancel_link: &str) -> Vec<Part> {
    vec![
        text("It was not you, or you have found your phone? Then stop it:"),
        button("Stop the removal", cancel_link),
        text("Logging in with a second step stops it, too. If it was not you, also choose a new password:"),
        button("Choose a new password", &head.url("/recover")),
    ]
}
