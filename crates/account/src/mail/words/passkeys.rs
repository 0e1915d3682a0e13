//! The words of the mail about a passkey that may have been copied.

use super::{button, facts, text};
use crate::mail::Circumstances;
use crate::mail::letter::{Letter, Letterhead, Part, one_line};

pub(super) fn suspended(head: &Letterhead, name: &str, circumstances: &Circumstances) -> Letter {
    let brand = one_line(&head.brand_name);
    Letter {
        subject: format!("A passkey of your {brand} account was suspended"),
        preheader: "There may be a copy of it. It is not taken any more.".to_owned(),
        parts: vec![
            text(
                "A passkey counts how often it was used. This one told a number that we had seen before, as a copy of it would. The log-in was refused, and the passkey is not taken any more:",
            ),
            Part::Facts(vec![("Passkey", one_line(name))]),
            facts(circumstances),
            text(
                "If it was you, your key or its software may have been reset: log in another way, remove the passkey and add it again.",
            ),
            button("Look at your passkeys", &head.url("/account/security/passkeys")),
            text("It was not you? Then somebody may have copied the key. Remove it, and use another one."),
        ],
    }
}
