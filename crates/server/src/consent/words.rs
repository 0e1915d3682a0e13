//! Scopes and claims in plain words.

use crate::account::field_in_words;
use account::visibility::{Field, Visibility};
use oidc::interaction::Permission;
use protocol::scope::{ADDRESS, EMAIL, OFFLINE_ACCESS, OPENID, PHONE, PROFILE};

/// One line of the consent page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// What the client gets.
    pub(crate) text: String,
    /// More about it; empty: nothing.
    pub(crate) hint: String,
}

/// What is wanted, line by line. A scope that only the product knows is shown by its name.
pub(crate) fn lines(wanted: &Permission, email: &str) -> Vec<Line> {
    let line = |text: &str, hint: &str| Line { text: text.to_owned(), hint: hint.to_owned() };
    let alone = wanted.claims.is_empty() && wanted.scope.claims().next().is_none();
    let words = |token: &str| match token {
        OPENID => line("See that it is you", if alone { "Without your name or address." } else { "" }),
        PROFILE => line("See your name and picture", "And the rest of your profile: language, time zone and so on."),
        EMAIL => line("See your e-mail address", email),
        ADDRESS => line("See your postal address", ""),
        PHONE => line("See your phone number", ""),
        OFFLINE_ACCESS => {
            line("Use these while you are away", "Until you take it back under Connected apps in your account.")
        }
        other => line(&format!("Use “{other}”"), "A permission that this product brings with it."),
    };
    let by_name = |claim: &str| line(claim_in_words(claim), if claim == "email" { email } else { "" });
    // What lasts beyond the visit comes last.
    let (last, scopes): (Vec<_>, Vec<_>) = wanted.scope.iter().partition(|token| *token == OFFLINE_ACCESS);
    let claims = wanted.claims_in_order().map(by_name);
    scopes.into_iter().map(words).chain(claims).chain(last.into_iter().map(words)).collect()
}

/// What is wanted and told to nobody, because the person hides it: "Name, Picture".
pub(super) fn kept_back(wanted: &Permission, hidden: &Visibility) -> String {
    let claims = || wanted.scope.claims().chain(wanted.claims_in_order());
    let is_wanted = |field: &Field| field.claims().iter().any(|claim| claims().any(|wanted| wanted == *claim));
    hidden.hidden().filter(is_wanted).map(field_in_words).collect::<Vec<_>>().join(", ")
}

/// A claim that is asked for by name.
fn claim_in_words(claim: &str) -> &'static str {
    match claim {
        "name" => "See your name",
        "given_name" => "See your first name",
        "family_name" => "See your last name",
        "middle_name" => "See your middle name",
        "nickname" => "See your nickname",
        "preferred_username" => "See the user name that you like to have",
        "profile" => "See the address of your profile page",
        "picture" => "See your picture",
        "website" => "See the address of your website",
        "email" => "See your e-mail address",
        "email_verified" => "See whether your e-mail address is confirmed",
        "gender" => "See your gender",
        "birthdate" => "See your date of birth",
        "zoneinfo" => "See your time zone",
        "locale" => "See your language",
        "phone_number" => "See your phone number",
        "phone_number_verified" => "See whether your phone number is confirmed",
        "address" => "See your postal address",
        "updated_at" => "See when you last changed your profile",
        _ => "See more of your profile",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_standard_claim_has_words_of_its_own() {
        let names = protocol::claims::STANDARD_CLAIMS.iter().map(|(name, _)| *name).filter(|name| *name != "sub");
        let words: std::collections::BTreeSet<_> = names.clone().map(claim_in_words).collect();
        assert_eq!(words.len(), names.count());
        assert!(!words.contains("See more of your profile"));
    }

    #[test]
    fn lines_stand_in_an_order_that_reads_well() {
        let wanted = Permission {
            scope: "openid offline_access phone".parse().unwrap(),
            claims: ["email", "name"].map(str::to_owned).into(),
        };
        let texts: Vec<_> = lines(&wanted, "a@b.test").into_iter().map(|line| line.text).collect();
        let expected = [
            "See that it is you",
            "See your phone number",
            "See your name",
            "See your e-mail address",
            "Use these while you are away",
        ];
        assert_eq!(texts, expected);
    }
}
