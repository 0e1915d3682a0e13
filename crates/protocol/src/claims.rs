//! The standard claims and the form of their values (OpenID Connect Core §5.1).

use serde_json::Value;
use url::Url;

/// The JSON type of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimType {
    /// A text.
    String,
    /// True or false.
    Boolean,
    /// A number.
    Number,
    /// The address object (§5.1.1).
    Address,
}

/// The standard claims with their types, in the order of §5.1.
pub const STANDARD_CLAIMS: &[(&str, ClaimType)] = &[
    ("sub", ClaimType::String),
    ("name", ClaimType::String),
    ("given_name", ClaimType::String),
    ("family_name", ClaimType::String),
    ("middle_name", ClaimType::String),
    ("nickname", ClaimType::String),
    ("preferred_username", ClaimType::String),
    ("profile", ClaimType::String),
    ("picture", ClaimType::String),
    ("website", ClaimType::String),
    ("email", ClaimType::String),
    ("email_verified", ClaimType::Boolean),
    ("gender", ClaimType::String),
    ("birthdate", ClaimType::String),
    ("zoneinfo", ClaimType::String),
    ("locale", ClaimType::String),
    ("phone_number", ClaimType::String),
    ("phone_number_verified", ClaimType::Boolean),
    ("address", ClaimType::Address),
    ("updated_at", ClaimType::Number),
];

/// The members of the address claim (§5.1.1).
pub const ADDRESS_MEMBERS: &[&str] = &["formatted", "street_address", "locality", "region", "postal_code", "country"];

/// Longest text in a claim, in characters.
pub const MAX_CLAIM_CHARACTERS: usize = 1000;

/// The type of a standard claim; a language tag after the name (`name#de`, §5.2) is allowed. `None` when the name is
/// no standard claim.
pub fn claim_type(name: &str) -> Option<ClaimType> {
    let base = match name.split_once('#') {
        Some((base, tag)) if is_language_tag(tag) => base,
        Some(_) => return None,
        None => name,
    };
    STANDARD_CLAIMS.iter().find(|(known, _)| *known == base).map(|(_, kind)| *kind)
}

/// Checks that a value has the form that the standard gives to the claim.
///
/// # Errors
/// A sentence that says what to write instead.
pub fn validate_standard_claim(name: &str, value: &Value) -> Result<(), String> {
    let kind = claim_type(name).ok_or_else(|| format!("{name} is not a standard claim"))?;
    let base = name.split('#').next().unwrap_or(name);
    match (kind, value) {
        (ClaimType::Boolean, Value::Bool(_)) => Ok(()),
        (ClaimType::Boolean, _) => Err(format!("{name} is true or false")),
        (ClaimType::Number, Value::Number(number)) if number.as_f64().is_some_and(|n| n >= 0.0) => Ok(()),
        (ClaimType::Number, _) => Err(format!("{name} is a number of seconds since 1970")),
        (ClaimType::Address, Value::Object(members)) => members.iter().try_for_each(|(member, value)| {
            if !ADDRESS_MEMBERS.contains(&member.as_str()) {
                return Err(format!("{name} has no member {member}; it has {}", ADDRESS_MEMBERS.join(", ")));
            }
            match value.as_str() {
                Some(text) if is_clean(text, true) => Ok(()),
                _ => Err(format!("{member} of {name} is a text of at most {MAX_CLAIM_CHARACTERS} characters")),
            }
        }),
        (ClaimType::Address, _) => Err(format!("{name} is an object with {}", ADDRESS_MEMBERS.join(", "))),
        (ClaimType::String, Value::String(text)) => validate_text(name, base, text),
        (ClaimType::String, _) => Err(format!("{name} is a text")),
    }
}

fn validate_text(name: &str, base: &str, text: &str) -> Result<(), String> {
    if text.trim().is_empty() || !is_clean(text, false) {
        return Err(format!("{name} is a text of 1 to {MAX_CLAIM_CHARACTERS} characters in one line"));
    }
    let (fits, expected) = match base {
        "sub" => (text.len() <= 255 && text.is_ascii(), "at most 255 ASCII characters"),
        "birthdate" => (is_birthdate(text), "a date: 1990-12-31, 0000-12-31 without the year, or 1990"),
        "locale" => (is_language_tag(text), "a language tag such as en or de-CH"),
        "zoneinfo" => (is_zone_name(text), "a time zone name such as Europe/Berlin"),
        "profile" | "picture" | "website" => (is_web_address(text), "an address that begins with https:// or http://"),
        "email" => (is_email(text), "an e-mail address"),
        "phone_number" => (is_phone_number(text), "a phone number such as +49 30 1234567"),
        _ => (true, ""),
    };
    if fits { Ok(()) } else { Err(format!("{name} is {expected}")) }
}

fn is_clean(text: &str, several_lines: bool) -> bool {
    text.chars().count() <= MAX_CLAIM_CHARACTERS
        && !text.chars().any(|c| c.is_control() && !(several_lines && matches!(c, '\n' | '\r')))
}

/// `YYYY-MM-DD`, `0000-MM-DD` (the year left out) or `YYYY`.
fn is_birthdate(text: &str) -> bool {
    let number = |part: &str, digits: usize| {
        (part.len() == digits && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u32>().ok()).flatten()
    };
    match text.split('-').collect::<Vec<_>>()[..] {
        [year] => number(year, 4).is_some_and(|year| year > 0),
        [year, month, day] => {
            let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
                return false;
            };
            // Year 0 means "not told", and somebody may be born on 29 February: 0 counts as a leap year.
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let days = match month {
                2 if leap => 29,
                2 => 28,
                4 | 6 | 9 | 11 => 30,
                1..=12 => 31,
                _ => 0,
            };
            (1..=days).contains(&day)
        }
        _ => false,
    }
}

/// The shape of a language tag (RFC 5646 §2.1); an underscore is allowed as §5.1 asks of readers.
pub fn is_language_tag(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    let first = parts.next().unwrap_or_default();
    (2..=8).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// The shape of a name in the time zone database; whether there is such a zone is for who has that database.
fn is_zone_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.split('/').all(|part| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+'))
        })
}

/// Only the web's own schemes: these become links on the pages of products.
fn is_web_address(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    (lower.starts_with("https://") || lower.starts_with("http://"))
        && !text.contains(char::is_whitespace)
        && Url::parse(text).is_ok_and(|url| url.has_host())
}

fn is_email(text: &str) -> bool {
    text.len() <= 254
        && !text.contains(char::is_whitespace)
        && text.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
}

/// E.164 is recommended, and an extension in the form of RFC 3966; spaces and brackets are people's habit.
fn is_phone_number(text: &str) -> bool {
    let number = text.split_once(";ext=").map_or(text, |(number, _)| number);
    number.bytes().filter(u8::is_ascii_digit).count() >= 3
        && text.len() <= 50
        && number.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b' ' | b'-' | b'(' | b')' | b'.' | b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn values_of_the_right_form_pass() {
        for (name, value) in [
            ("name", json!("Žofie Nováková")),
            ("name#de-CH", json!("Sophie")),
            ("birthdate", json!("2000-02-29")),
            ("birthdate", json!("0000-02-29")),
            ("birthdate", json!("1990")),
            ("email_verified", json!(false)),
            ("updated_at", json!(1_700_000_000)),
            ("address", json!({"formatted": "Street 1\r\nCity", "country": "DE"})),
            ("zoneinfo", json!("America/Argentina/Buenos_Aires")),
            ("zoneinfo", json!("Etc/GMT+5")),
            ("locale", json!("en-US")),
            ("locale", json!("en_US")),
            ("website", json!("https://example.test/~a")),
            ("phone_number", json!("+1 (604) 555-1234;ext=5678")),
            ("email", json!("a@b.test")),
        ] {
            assert_eq!(validate_standard_claim(name, &value), Ok(()), "{name} {value}");
        }
    }

    #[test]
    fn values_of_another_form_are_refused_with_a_sentence() {
        for (name, value) in [
            ("shoe_size", json!(42)),
            ("name#", json!("x")),
            ("name", json!("")),
            ("name", json!("a\nb")),
            ("name", json!(7)),
            ("name", json!("x".repeat(1001))),
            ("birthdate", json!("1999-02-29")),
            ("birthdate", json!("0000")),
            ("birthdate", json!("31.12.1990")),
            ("birthdate", json!("1990-13-01")),
            ("birthdate", json!("1990-12")),
            ("email_verified", json!("true")),
            ("updated_at", json!("2020-01-01")),
            ("updated_at", json!(-1)),
            ("address", json!("Street 1")),
            ("address", json!({"planet": "Earth"})),
            ("address", json!({"country": 49})),
            ("zoneinfo", json!("Europe/ Berlin")),
            ("zoneinfo", json!("../etc")),
            ("locale", json!("english language")),
            ("website", json!("javascript:alert(1)")),
            ("picture", json!("//example.test/x.png")),
            ("profile", json!("https:///x y")),
            ("email", json!("nobody")),
            ("phone_number", json!("call me")),
        ] {
            assert!(validate_standard_claim(name, &value).is_err(), "{name} {value}");
        }
    }

    #[test]
    fn every_claim_of_every_scope_is_standard() {
        for scope in crate::scope::WELL_KNOWN {
            assert!(crate::scope::claims_of(scope).iter().all(|claim| claim_type(claim).is_some()), "{scope}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_panic(text in any::<String>()) {
            for (name, _) in STANDARD_CLAIMS {
                let _ = validate_standard_claim(name, &json!(text));
            }
            let _ = validate_standard_claim(&text, &json!(1));
        }
    }
}
