//! The words of every mail: what happened, what to do, and what to do when it was not you.

mod activity;
mod addresses;
mod passkeys;
mod privacy;
mod second_step_reset;
mod second_steps;
mod tokens;

use super::letter::{Letter, Letterhead, Part, one_line};
use super::{Circumstances, Mail};
use crate::Timestamp;

impl Mail {
    /// The mail in words.
    pub fn letter(&self, head: &Letterhead) -> Letter {
        let brand = one_line(&head.brand_name);
        match self {
            Mail::VerifyEmail { name, link, code } => Letter {
                subject: format!("Confirm your e-mail address for {brand}"),
                preheader: "One click, or a code to type, and your account is ready.".to_owned(),
                parts: vec![
                    text(greeting(name)),
                    text(format!(
                        "please confirm that this is your e-mail address. Your {brand} account is ready then."
                    )),
                    button("Confirm e-mail address", link),
                    text("Or type this code on the page that is open in your browser. It works for 15 minutes:"),
                    Part::Code(code.clone()),
                    text(
                        "The link works for 24 hours. It asks for your password when you open it in another browser than the one you signed up with.",
                    ),
                    text(
                        "You did not sign up? Then do nothing: without your confirmation the account is removed after 7 days.",
                    ),
                ],
            },
            Mail::AccountExists { login_link, recover_link, circumstances } => Letter {
                subject: format!("You already have an account at {brand}"),
                preheader: "Somebody signed up with your address. Log in instead.".to_owned(),
                parts: vec![
                    text(format!(
                        "Somebody signed up for {brand} with this e-mail address. It has an account already, so no new one was made and nothing was changed."
                    )),
                    text("If it was you, log in:"),
                    button("Log in", login_link),
                    text("You do not know your password any more? Choose a new one:"),
                    button("Choose a new password", recover_link),
                    facts(circumstances),
                    text("It was not you? Then there is nothing to do."),
                ],
            },
            Mail::LoginAttack { failures, circumstances } => Letter {
                subject: format!("Somebody is trying to log in to your {brand} account"),
                preheader: "Several wrong passwords in a row. Your account is still safe.".to_owned(),
                parts: vec![
                    text(format!(
                        "Somebody typed {failures} wrong passwords for your account. None was right, so nobody got in. We slow further tries down; devices that you have logged in with before keep working."
                    )),
                    facts(circumstances),
                    text("If it was you, wait a few minutes and try again, or choose a new password:"),
                    button("Choose a new password", &head.url("/recover")),
                    text(
                        "It was not you? A password that you use nowhere else and that is hard to guess keeps them out. If yours is not like that, choose a new one.",
                    ),
                ],
            },
            Mail::SecondStepAttack { failures, circumstances } => second_steps::attack(head, *failures, circumstances),
            Mail::LoginCode { code, circumstances } => second_steps::login_code(head, code, circumstances),
            Mail::Recovery { link, circumstances } => Letter {
                subject: format!("Choose a new password for {brand}"),
                preheader: "The link works once, for 60 minutes.".to_owned(),
                parts: vec![
                    text("You asked for a new password. Choose it here:"),
                    button("Choose a new password", link),
                    text(
                        "The link works once, for 60 minutes. When the new password is saved, you are logged out everywhere.",
                    ),
                    facts(circumstances),
                    text(
                        "You did not ask for it? Then do nothing: your password stays as it is. Never pass the link on to anybody.",
                    ),
                ],
            },
            Mail::PasswordChanged { circumstances } => Letter {
                subject: format!("Your {brand} password was changed"),
                preheader: "If it was you, there is nothing to do.".to_owned(),
                parts: vec![
                    text("The password of your account was changed. Other browsers and devices were logged out."),
                    facts(circumstances),
                    text("If it was you, there is nothing to do."),
                    text("It was not you? Choose a new password at once; that logs everybody out:"),
                    button("Choose a new password", &head.url("/recover")),
                ],
            },
            Mail::NewDevice { circumstances } => activity::new_device(head, &brand, circumstances),
            Mail::AccountLocked { link, circumstances } => activity::account_locked(&brand, link, circumstances),
            Mail::EmailChangeConfirm { link, circumstances } => Letter {
                subject: format!("Confirm your new e-mail address for {brand}"),
                preheader: "One click, and your account uses this address.".to_owned(),
                parts: vec![
                    text(format!(
                        "You asked to use this e-mail address for your {brand} account from now on. Please confirm it:"
                    )),
                    button("Confirm e-mail address", link),
                    text("The link works once, for 24 hours. Until then your old address stays in use."),
                    facts(circumstances),
                    text("You did not ask for it? Then do nothing: the address is not used without your confirmation."),
                ],
            },
            Mail::EmailChangeTaken { circumstances } => Letter {
                subject: format!("Your e-mail address was not changed to this one at {brand}"),
                preheader: "This address belongs to another account already.".to_owned(),
                parts: vec![
                    text(format!(
                        "Somebody wanted to use this e-mail address for an account at {brand}. It belongs to another account already, so nothing was changed."
                    )),
                    text(
                        "If it was you: log in to the account that has this address, give it another address and confirm that one. After that this address is free.",
                    ),
                    button("Log in", &head.url("/login")),
                    facts(circumstances),
                    text("It was not you? Then there is nothing to do."),
                ],
            },
            Mail::EmailChanged { new_address, undo_link, circumstances } => Letter {
                subject: format!("The e-mail address of your {brand} account was changed"),
                preheader: "You can take this back for 7 days.".to_owned(),
                parts: vec![
                    text(format!(
                        "Your account uses {} from now on. Log in with that address, and expect our mails there.",
                        one_line(new_address)
                    )),
                    facts(circumstances),
                    text("If it was you, there is nothing to do."),
                    text("It was not you? Take the change back. The link works for 7 days:"),
                    button("Take the change back", undo_link),
                ],
            },
            Mail::SecondStepAdded { step, first, circumstances } => {
                second_steps::added(head, step, *first, circumstances)
            }
            Mail::SecondStepChanged { step, before, replaced, circumstances } => {
                second_steps::changed(head, step, before, *replaced, circumstances)
            }
            Mail::SecondStepRemoved { step, last, circumstances } => {
                second_steps::removed(head, step, *last, circumstances)
            }
            Mail::RecoveryCodesMade { circumstances } => second_steps::codes_made(head, circumstances),
            Mail::RecoveryCodeUsed { left, circumstances } => second_steps::code_used(head, *left, circumstances),
            Mail::PasskeySuspended { name, circumstances } => passkeys::suspended(head, name, circumstances),
            Mail::ExportReady { link, until } => privacy::export_ready(head, link, *until),
            Mail::ClosedByOwner { login_link, circumstances } => privacy::closed(head, login_link, circumstances),
            Mail::OpenedByOwner { circumstances } => privacy::opened(head, circumstances),
            Mail::DeletionAsked { erase_at, login_link, circumstances } => {
                privacy::deletion_asked(head, *erase_at, login_link, circumstances)
            }
            Mail::DeletionCancelled { by_operator, circumstances } => {
                privacy::deletion_cancelled(head, *by_operator, circumstances)
            }
            Mail::DeletionTomorrow { erase_at, login_link } => privacy::deletion_tomorrow(head, *erase_at, login_link),
            Mail::AccountErased { at } => privacy::erased(head, *at),
            Mail::SecondStepResetAsked { ready_at, cancel_link, circumstances } => {
                second_step_reset::asked(head, *ready_at, cancel_link, circumstances)
            }
            Mail::SecondStepResetSoon { ready_at, cancel_link } => {
                second_step_reset::soon(head, *ready_at, cancel_link)
            }
            Mail::SecondStepResetReady { link, cancel_link } => second_step_reset::ready(head, link, cancel_link),
            Mail::SecondStepResetCancelled { circumstances } => second_step_reset::cancelled(head, circumstances),
            Mail::SecondStepsReset { by_operator, at } => second_step_reset::done(head, *by_operator, *at),
            Mail::OperatorInvitation { link } => Letter {
                subject: format!("Become an operator of {brand}"),
                preheader: "The link works once.".to_owned(),
                parts: vec![
                    text(format!(
                        "You are invited to look after {brand} as an operator: its accounts, its clients and its mails."
                    )),
                    button("Take the invitation", link),
                    text("The link works once. Never pass it on: whoever opens it first becomes the operator."),
                    text("You do not know what this is about? Then do nothing."),
                ],
            },
            Mail::AccountDeactivated { at } => Letter {
                subject: format!("Your {brand} account was deactivated"),
                preheader: "You are logged out everywhere.".to_owned(),
                parts: vec![
                    text(
                        "An operator deactivated your account. You are logged out everywhere and cannot log in for now. Nothing of yours was deleted.",
                    ),
                    Part::Facts(vec![("When", instant(*at))]),
                    text(support(head, "If you think that this is a mistake, ask for help")),
                ],
            },
            Mail::AccountReactivated { at } => Letter {
                subject: format!("Your {brand} account is active again"),
                preheader: "You can log in again.".to_owned(),
                parts: vec![
                    text("An operator activated your account again. You can log in as before."),
                    Part::Facts(vec![("When", instant(*at))]),
                    button("Log in", &head.url("/login")),
                ],
            },
            Mail::AddressConfirm { link, circumstances } => addresses::confirm(head, link, circumstances),
            Mail::AddressTaken { circumstances } => addresses::taken(head, circumstances),
            Mail::AddressAdded { address, circumstances } => addresses::added(head, address, circumstances),
            Mail::AddressRemoved { address, circumstances } => addresses::removed(head, address, circumstances),
            Mail::ApiTokenMade { name, circumstances } => tokens::made(head, name, circumstances),
        }
    }
}

fn text(words: impl Into<String>) -> Part {
    Part::Text(words.into())
}

fn button(label: &'static str, link: &str) -> Part {
    Part::Button { label, link: link.to_owned() }
}

fn facts(circumstances: &Circumstances) -> Part {
    let mut facts = vec![("When", instant(circumstances.at))];
    facts.extend(circumstances.address.map(|address| ("Network address", address.to_string())));
    facts.extend(circumstances.browser.as_deref().map(|browser| ("Browser", one_line(browser))));
    Part::Facts(facts)
}

fn support(head: &Letterhead, advice: &str) -> String {
    match head.support_url.as_deref() {
        Some(url) => format!("{advice}: {}", url.strip_prefix("mailto:").unwrap_or(url)),
        None => format!("{advice}: the people who run {} can tell you more.", one_line(&head.brand_name)),
    }
}

/// Greets by name, unless the name is a message: whoever signs up with a stranger's address writes into their mailbox.
fn greeting(name: &str) -> String {
    let name = one_line(name);
    let is_a_name = !name.is_empty()
        && name.chars().count() <= 60
        && name.chars().all(|c| c.is_alphabetic() || " '’.,-·".contains(c) || !c.is_ascii())
        && !name.split(' ').any(|word| word.trim_end_matches('.').contains('.') && word.len() > 4)
        && !name.chars().any(|c| {
            "\u{200b}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}"
                .contains(c)
        });
    if is_a_name { format!("Hello {name},") } else { "Hello,".to_owned() }
}

/// The instant in words, in UTC because nobody told us where the reader is.
fn instant(at: Timestamp) -> String {
    match chrono::DateTime::from_timestamp(at.as_seconds(), 0) {
        Some(at) => at.format("%-d %B %Y, %H:%M UTC").to_string(),
        None => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::greeting;

    #[test]
    fn a_name_that_is_a_message_greets_nobody() {
        for name in ["Alice Example", "Dr. J. O’Neill-Smith", "José", "山田 太郎", "Nguyễn Văn A."] {
            assert_eq!(greeting(name), format!("Hello {name},"));
        }
        for name in [
            "",
            "  ",
            "You won! Visit https://evil.example",
            "www.evil.example",
            "evil.example/win",
            "call 555 1234",
            "a@b.example",
            &"long ".repeat(20),
            "evil\u{202e}moc",
        ] {
            assert_eq!(greeting(name), "Hello,", "{name}");
        }
        assert_eq!(greeting("Alice\r\nBcc: x"), "Hello,");
        assert_eq!(greeting("Alice\r\nExample"), "Hello Alice Example,");
    }
}
