//! The standard claims that a person may fill in, and the form of their values. (Which claims a client may ask for and
//! what the words mean on the wire is `protocol`'s; here is what somebody types.)

use crate::account::Claims;
use crate::email::is_invisible;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;
use url::Url;

/// Longest text in one claim, in characters.
const LONGEST: usize = 1000;

/// Checks and tidies what was typed; the error is the sentence to show.
type Rule = fn(String) -> Result<String, &'static str>;

/// The claims of one line of text, each with its rule.
const RULES: &[(&str, Rule)] = &[
    ("given_name", name),
    ("family_name", name),
    ("middle_name", name),
    ("nickname", name),
    ("preferred_username", name),
    ("profile", web_address),
    ("website", web_address),
    ("gender", name),
    ("birthdate", birthdate),
    ("zoneinfo", zone),
    ("locale", language),
    ("phone_number", phone_number),
];

/// The names of the claims of one line of text, in the order of OpenID Connect Core §5.1.
pub const TEXT_CLAIMS: [&str; 12] = [
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
];

/// The parts of the claim `address` (§5.1.1) that are typed; `formatted` is made of them.
pub const ADDRESS_MEMBERS: [&str; 5] = ["street_address", "locality", "region", "postal_code", "country"];

/// A field that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The claim, or the part of the address.
    pub field: String,
    /// What to write instead.
    pub sentence: &'static str,
}

/// Checked changes: per claim the new value, or `None` to take it away. Claims that are not named stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes(BTreeMap<&'static str, Option<Value>>);

impl Changes {
    /// Reads what was typed, by field: [`TEXT_CLAIMS`] and [`ADDRESS_MEMBERS`]. Other fields are ignored, empty ones
    /// take the claim away; the address changes when one of its parts is among the fields.
    ///
    /// Returns what does not fit, in the order of the fields.
    pub fn read(typed: &BTreeMap<String, String>) -> Result<Self, Vec<Problem>> {
        let (mut changes, mut problems) = (Self::default(), Vec::new());
        for (claim, rule) in RULES {
            let Some(text) = typed.get(*claim) else { continue };
            match tidy(text, false).and_then(|text| if text.is_empty() { Ok(text) } else { rule(text) }) {
                Ok(text) => _ = changes.0.insert(claim, (!text.is_empty()).then_some(Value::String(text))),
                Err(sentence) => problems.push(Problem { field: (*claim).to_owned(), sentence }),
            }
        }
        let mut parts = Map::new();
        for member in ADDRESS_MEMBERS {
            match tidy(typed.get(member).map_or("", String::as_str), member == "street_address") {
                Ok(text) if text.is_empty() => {}
                Ok(text) => _ = parts.insert(member.to_owned(), Value::String(text)),
                Err(sentence) => problems.push(Problem { field: member.to_owned(), sentence }),
            }
        }
        if ADDRESS_MEMBERS.iter().any(|member| typed.contains_key(*member)) {
            changes.0.insert("address", (!parts.is_empty()).then(|| address(parts)));
        }
        if problems.is_empty() { Ok(changes) } else { Err(problems) }
    }

    /// Applies the changes. Returns the names of the claims whose value differs from before.
    pub(super) fn apply(&self, claims: &mut Claims) -> Vec<String> {
        let mut changed = Vec::new();
        for (claim, value) in &self.0 {
            if claims.get(claim) == value.as_ref() {
                continue;
            }
            claims.set(claim, value.clone());
            changed.push((*claim).to_owned());
        }
        // A number that was verified by whoever runs this service is so no more once it is another number.
        if changed.iter().any(|claim| claim == "phone_number") {
            claims.set("phone_number_verified", None);
        }
        changed
    }
}

/// The claim `address`, with the parts as lines of `formatted` in the order that most countries write them.
fn address(mut parts: Map<String, Value>) -> Value {
    let part = |name: &str| parts.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
    let town = [part("postal_code"), part("locality")].join(" ");
    let lines = [part("street_address"), town.trim().to_owned(), part("region"), part("country")];
    let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    parts.insert("formatted".into(), Value::String(lines.join("\n")));
    Value::Object(parts)
}

/// Composed characters, no blanks around, nothing that cannot be seen, not too long. `\r\n` becomes `\n`.
fn tidy(text: &str, several_lines: bool) -> Result<String, &'static str> {
    let text: String = text.replace("\r\n", "\n").trim().nfc().collect();
    if text.chars().count() > LONGEST {
        return Err("Write at most 1000 characters.");
    }
    let joins_or_breaks = |c: char| matches!(c, '\u{200c}' | '\u{200d}') || (several_lines && c == '\n');
    if text.chars().any(|c| is_invisible(c) && !joins_or_breaks(c)) {
        return Err("Leave out characters that cannot be seen, such as line breaks.");
    }
    Ok(text)
}

fn name(text: String) -> Result<String, &'static str> {
    if text.chars().count() > 100 { Err("Write at most 100 characters.") } else { Ok(text) }
}

/// Only the web's own schemes: these become links on the pages of products.
fn web_address(text: String) -> Result<String, &'static str> {
    let sentence = "Write an address that begins with https:// or http://.";
    let url = Url::parse(&text).map_err(|_| sentence)?;
    let fits = matches!(url.scheme(), "https" | "http") && url.has_host() && !text.contains(char::is_whitespace);
    if fits && url.username().is_empty() && url.password().is_none() { Ok(text) } else { Err(sentence) }
}

/// `YYYY-MM-DD`, `0000-MM-DD` (the year left out) or `YYYY`.
fn birthdate(text: String) -> Result<String, &'static str> {
    let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    let fits = match text.split('-').collect::<Vec<_>>()[..] {
        [year] => digits(year, 4) && year != "0000",
        [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2) => {
            // Somebody who leaves the year out may be born on 29 February; 2000 is a leap year.
            let year = if year == "0000" { 2000 } else { year.parse().unwrap_or(0) };
            let (month, day) = (month.parse().unwrap_or(0), day.parse().unwrap_or(0));
            chrono::NaiveDate::from_ymd_opt(year, month, day).is_some()
        }
        _ => false,
    };
    if fits { Ok(text) } else { Err("Write a date like 1990-12-31, or only the year.") }
}

/// Where the time zones that people choose from are; the rest of the database are old names of the same, and offsets.
const REGIONS: [&str; 10] =
    ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];

/// The time zones to choose from (names of the IANA database), in order.
pub fn time_zones() -> impl Iterator<Item = &'static str> {
    let in_region = |name: &&str| name.split_once('/').is_some_and(|(region, _)| REGIONS.contains(&region));
    chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).filter(in_region).chain(["UTC"])
}

/// A name of the time zone database that this program knows, in any letter case, or the city in it.
fn zone(text: String) -> Result<String, &'static str> {
    let wanted = text.replace(' ', "_");
    let names = || chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    let is_city = |name: &&str| name.rsplit_once('/').is_some_and(|(_, city)| city.eq_ignore_ascii_case(&wanted));
    let found = names().find(|name| name.eq_ignore_ascii_case(&wanted)).or_else(|| names().find(is_city));
    found.map(str::to_owned).ok_or("Write a time zone such as Europe/Berlin.")
}

/// The shape of a language tag (RFC 5646 §2.1), in its usual letter case (§2.1.1).
fn language(text: String) -> Result<String, &'static str> {
    let sentence = "Write a language such as en or de-CH.";
    let parts: Vec<&str> = text.split(['-', '_']).collect();
    let fits = (2..=3).contains(&parts[0].len())
        && parts[0].bytes().all(|b| b.is_ascii_alphabetic())
        && parts[1..].iter().all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
        && parts.last().is_some_and(|last| parts.len() == 1 || last.len() > 1)
        && text.len() <= 35;
    if !fits {
        return Err(sentence);
    }
    let usual_case = |(i, part): (usize, &&str)| match (i, part.len()) {
        (0, _) => part.to_ascii_lowercase(),
        (_, 2) => part.to_ascii_uppercase(),
        (_, 4) if part.bytes().all(|b| b.is_ascii_alphabetic()) => {
            part[..1].to_ascii_uppercase() + &part[1..].to_ascii_lowercase()
        }
        _ => part.to_ascii_lowercase(),
    };
    Ok(parts.iter().enumerate().map(usual_case).collect::<Vec<_>>().join("-"))
}

/// E.164, as §5.1 recommends, with blanks and brackets as people write them, and an extension (RFC 3966).
fn phone_number(text: String) -> Result<String, &'static str> {
    let sentence = "Write a phone number with its country, such as +49 30 1234567.";
    let (number, extension) = text.split_once(";ext=").map_or((text.as_str(), None), |(n, e)| (n, Some(e)));
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let fits = (7..=15).contains(&digits)
        && number.starts_with('+')
        && number[1..].bytes().all(|b| b.is_ascii_digit() || b" -().".contains(&b))
        && extension.is_none_or(|e| (1..=10).contains(&e.len()) && e.bytes().all(|b| b.is_ascii_digit()))
        && text.len() <= 50;
    if fits { Ok(text) } else { Err(sentence) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(field: &str, text: &str) -> Result<Option<Value>, &'static str> {
        let typed = BTreeMap::from([(field.to_owned(), text.to_owned())]);
        match Changes::read(&typed) {
            Ok(changes) => Ok(changes.0.values().next().cloned().flatten()),
            Err(problems) => Err(problems[0].sentence),
        }
    }

    #[test]
    fn the_list_of_names_is_that_of_the_rules() {
        assert!(RULES.iter().map(|(name, _)| *name).eq(TEXT_CLAIMS));
    }

    #[test]
    fn values_of_the_right_form_are_kept_tidily() {
        for (field, typed, kept) in [
            ("given_name", "  Zoe\u{308} ", "Zoë"),
            ("website", "https://example.test/~zoe", "https://example.test/~zoe"),
            ("birthdate", "2000-02-29", "2000-02-29"),
            ("birthdate", "0000-02-29", "0000-02-29"),
            ("birthdate", "1990", "1990"),
            ("zoneinfo", "America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
            ("zoneinfo", "europe/berlin", "Europe/Berlin"),
            ("zoneinfo", "New York", "America/New_York"),
            ("locale", "DE-ch", "de-CH"),
            ("locale", "zh_hant_tw", "zh-Hant-TW"),
            ("phone_number", "+1 (604) 555-1234;ext=5678", "+1 (604) 555-1234;ext=5678"),
        ] {
            assert_eq!(read(field, typed), Ok(Some(json!(kept))), "{field} {typed}");
            assert_eq!(read(field, " "), Ok(None), "{field} taken away");
        }
    }

    #[test]
    fn values_of_another_form_are_refused() {
        let long = "x".repeat(101);
        for (field, typed) in [
            ("given_name", long.as_str()),
            ("nickname", "a\nb"),
            ("nickname", "evil\u{202e}moc"),
            ("website", "javascript:alert(1)"),
            ("website", "https://"),
            ("profile", "https://bank.example@evil.example/"),
            ("birthdate", "1999-02-29"),
            ("birthdate", "31.12.1990"),
            ("birthdate", "0000"),
            ("birthdate", "+990-12-31"),
            ("zoneinfo", "Mars/Olympus"),
            ("zoneinfo", "../etc/passwd"),
            ("locale", "english language"),
            ("locale", "e"),
            ("locale", "en-"),
            ("phone_number", "call me"),
            ("phone_number", "030 1234567"),
            ("phone_number", "+49301234567;ext=<b>"),
        ] {
            assert!(read(field, typed).is_err(), "{field} {typed}");
        }
    }

    #[test]
    fn an_address_is_one_claim_of_its_parts() {
        let typed =
            [("street_address", "Example Street 1\r\nBack house"), ("postal_code", "10115"), ("locality", "Berlin")];
        let typed = typed.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        let changes = Changes::read(&typed).unwrap();
        let expected = json!({
            "street_address": "Example Street 1\nBack house", "postal_code": "10115", "locality": "Berlin",
            "formatted": "Example Street 1\nBack house\n10115 Berlin",
        });
        assert_eq!(changes.0.get("address"), Some(&Some(expected)));
        let emptied = BTreeMap::from([("country".to_owned(), String::new())]);
        assert_eq!(Changes::read(&emptied).unwrap().0.get("address"), Some(&None));
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_panic(text in any::<String>()) {
            for (field, _) in RULES {
                let _ = read(field, &text);
            }
            let _ = read("street_address", &text);
        }
    }
}
