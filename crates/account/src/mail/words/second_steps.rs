//! The words of notices about two-step verification.

use super::{button, facts, support, text};
use crate::mail::letter::{Letter, Letterhead, Part, one_line};
use crate::mail::{Circumstances, SecondStep};

impl SecondStep {
    /// With its article: "An authenticator app".
    fn kind(&self) -> &'static str {
        match self {
            Self::App(_) => "An authenticator app",
            Self::Passkey(_) => "A passkey",
        }
    }

    fn name(&self) -> String {
        let (Self::App(name) | Self::Passkey(name)) = self;
        one_line(name)
    }
}

pub(super) fn added(head: &Letterhead, step: &SecondStep, first: bool, circumstances: &Circumstances) -> Letter {
    let brand = one_line(&head.brand_name);
    let (subject, consequence) = if first {
        (
            format!("Two-step verification of your {brand} account is on"),
            "From now on logging in takes your password and a second step.",
        )
    } else {
        (
            format!("{} was added to your {brand} account", step.kind()),
            "It can be used as the second step of a log-in from now on.",
        )
    };
    let mut parts =
        vec![text(format!("{} called “{}” was added to your account. {consequence}", step.kind(), step.name()))];
    parts.push(facts(circumstances));
    parts.extend(not_you(head));
    Letter { subject, preheader: ALL_WELL.to_owned(), parts }
}

pub(super) fn changed(
    head: &Letterhead,
    step: &SecondStep,
    before: &str,
    replaced: bool,
    circumstances: &Circumstances,
) -> Letter {
    let (brand, kind, name, before) = (one_line(&head.brand_name), step.kind(), step.name(), one_line(before));
    let (subject, what) = if replaced {
        (
            format!("{kind} of your {brand} account was replaced"),
            format!("{kind} called “{name}” took the place of “{before}”, which does not count any more."),
        )
    } else {
        (
            format!("{kind} of your {brand} account was renamed"),
            format!("{kind} that was called “{before}” is called “{name}” now."),
        )
    };
    let mut parts = vec![text(what), facts(circumstances)];
    parts.extend(not_you(head));
    Letter { subject, preheader: ALL_WELL.to_owned(), parts }
}

pub(super) fn removed(head: &Letterhead, step: &SecondStep, last: bool, circumstances: &Circumstances) -> Letter {
    let brand = one_line(&head.brand_name);
    let (subject, consequence) = if last {
        (
            format!("Two-step verification of your {brand} account is off"),
            "It was the last second step: from now on the password alone logs in. The recovery codes are void.",
        )
    } else {
        (format!("{} was removed from your {brand} account", step.kind()), "It does not log in any more.")
    };
    let mut parts =
        vec![text(format!("{} called “{}” was removed from your account. {consequence}", step.kind(), step.name()))];
    parts.push(facts(circumstances));
    parts.extend(not_you(head));
    Letter { subject, preheader: ALL_WELL.to_owned(), parts }
}

pub(super) fn codes_made(head: &Letterhead, circumstances: &Circumstances) -> Letter {
    let mut parts = vec![
        text("New recovery codes were made for your account. The codes from before do not work any more."),
        facts(circumstances),
    ];
    parts.extend(not_you(head));
    Letter {
        subject: format!("New recovery codes for your {} account", one_line(&head.brand_name)),
        preheader: ALL_WELL.to_owned(),
        parts,
    }
}

pub(super) fn code_used(head: &Letterhead, left: i64, circumstances: &Circumstances) -> Letter {
    let left_words = match left {
        0 => "It was the last one: make new ones before you need them.".to_owned(),
        1 => "One is left: make new ones before you need them.".to_owned(),
        _ => format!("{left} are left. Each works once."),
    };
    let mut parts = vec![
        text(format!("A recovery code was used as the second step of a log-in to your account. {left_words}")),
        facts(circumstances),
    ];
    if left <= 1 {
        parts.push(button("Make new recovery codes", &head.url("/account/security")));
    }
    parts.extend(not_you(head));
    Letter {
        subject: format!("A recovery code of your {} account was used", one_line(&head.brand_name)),
        preheader: match left {
            0 => "No recovery code is left.".to_owned(),
            1 => "One recovery code is left.".to_owned(),
            _ => format!("{left} recovery codes are left."),
        },
        parts,
    }
}

const ALL_WELL: &str = "If it was you, there is nothing to do.";

/// What to do when it was somebody else, who knew the password.
fn not_you(head: &Letterhead) -> Vec<Part> {
    vec![
        text(ALL_WELL),
        text("It was not you? Then somebody knows your password. Choose a new one at once; that logs everybody out:"),
        button("Choose a new password", &head.url("/recover")),
        text("Then log in, and look under Security at what your account asks for as the second step."),
        text(support(head, "You cannot log in any more? Ask for help")),
    ]
}

pub(super) fn attack(head: &Letterhead, failures: i64, circumstances: &Circumstances) -> Letter {
    let brand = one_line(&head.brand_name);
    Letter {
        subject: format!("Somebody knows your {brand} password"),
        preheader: "They did not get past two-step verification. Choose a new password.".to_owned(),
        parts: vec![
            text(format!(
                "Somebody typed your right password and then {failures} wrong codes. Two-step verification kept them out, and we take only ten codes an hour."
            )),
            facts(circumstances),
            text("If it was you, wait a while and try again, or use another way to prove that it is you."),
            text("It was not you? Then your password is known to somebody. Choose a new one at once:"),
            button("Choose a new password", &head.url("/recover")),
        ],
    }
}

pub(super) fn login_code(head: &Letterhead, code: &str, circumstances: &Circumstances) -> Letter {
    let brand = one_line(&head.brand_name);
    Letter {
        subject: format!("Your code for {brand}"),
        preheader: "Six digits to type on the page that is open in your browser.".to_owned(),
        parts: vec![
            text("Type this code on the page that is open in your browser. It works for 15 minutes:"),
            Part::Code(code.to_owned()),
            facts(circumstances),
            text(
                "You did not ask for it? Then somebody may know your password. Never pass the code on to anybody, and choose a new password at once:",
            ),
            button("Choose a new password", &head.url("/recover")),
        ],
    }
}
