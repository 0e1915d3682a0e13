//! A person, as products may come to know them: the standard claims (OpenID Connect Core §5.1).

use account::visibility::{Asker, Visibility};
use account::{AccountId, Timestamp};
use protocol::ClaimRequest;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The side of an account that claims show.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Person {
    /// The claim `sub`.
    pub id: AccountId,
    /// The display name.
    pub name: String,
    /// The photo; none: initials.
    pub avatar_id: Option<String>,
    /// The claims that the person filled in.
    pub claims: Map<String, Value>,
    /// When the profile changed last.
    pub updated_at: Timestamp,
    /// The primary address, and whether it is known to be theirs.
    pub email: Option<(String, bool)>,
    /// Who sees which of them.
    pub visibility: Visibility,
}

impl Person {
    /// A claim; `None` when it is empty, hidden by its owner, or none of the standard ones.
    pub fn claim(&self, issuer: &str, name: &str) -> Option<Value> {
        if !self.visibility.shows(name, Asker::Anyone) {
            return None;
        }
        let email = self.email.as_ref();
        let value: Value = match name {
            // By which a client knows them is for `subject` to say.
            "sub" => return None,
            "name" => self.name.as_str().into(),
            "email" => email?.0.as_str().into(),
            "email_verified" => email?.1.into(),
            "picture" => match &self.avatar_id {
                Some(avatar) => format!("{issuer}/avatar/{avatar}/256").into(),
                // The operator's file may name one that lies elsewhere.
                None => match self.claims.get(name) {
                    Some(picture) => picture.clone(),
                    // Initials stand in the picture's address.
                    None if !self.visibility.shows("name", Asker::Anyone) => return None,
                    None => account::profile::picture_url(issuer, &self.id, &self.name, None).into(),
                },
            },
            "updated_at" => self.updated_at.as_seconds().into(),
            _ => self.claims.get(name)?.clone(),
        };
        let empty = value.is_null() || value.as_str().is_some_and(str::is_empty);
        (!empty && protocol::claims::claim_type(name).is_some()).then_some(value)
    }

    /// A claim in the best of the languages wanted (a wanted `de` takes `de-CH` too), else without a language.
    fn claim_in(&self, issuer: &str, name: &str, languages: &[&str]) -> Option<Value> {
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let tags = || self.claims.keys().filter_map(|key| key.strip_prefix(name)?.strip_prefix('#'));
        let best = languages.iter().find_map(|wanted| {
            let exact = tags().find(|tag| tag.eq_ignore_ascii_case(wanted));
            exact.or_else(|| tags().find(|tag| primary(tag) == primary(wanted)))
        });
        best.and_then(|tag| self.claim(issuer, &format!("{name}#{tag}"))).or_else(|| self.claim(issuer, name))
    }

    /// Adds what the parameter `claims` asked for by name (§5.5), and the person allowed: a claim that they have, and that
    /// is one of the values asked for, if any were. `name#de` asks for that language, `name` for the best of `locales`.
    pub fn add_asked(
        &self,
        answer: &mut Map<String, Value>,
        issuer: &str,
        asked: &BTreeMap<String, Option<ClaimRequest>>,
        locales: Option<&str>,
    ) {
        let languages: Vec<&str> = locales.unwrap_or_default().split_whitespace().collect();
        for (name, request) in asked.iter().filter(|(name, _)| *name != "sub") {
            let wanted = |value: &Value| request.as_ref().is_none_or(|request| request.accepts(value));
            if let Some(value) = self.claim_in(issuer, name, &languages).filter(wanted) {
                answer.insert(name.clone(), value);
            }
        }
    }

    /// Adds the claims of a scope: each in the best of `locales` when the client names some, else without a language and
    /// in all that there are (`name#de`, §5.2).
    pub fn add_all<'a>(
        &self,
        answer: &mut Map<String, Value>,
        issuer: &str,
        names: impl Iterator<Item = &'a str>,
        locales: Option<&str>,
    ) {
        let languages: Vec<&str> = locales.unwrap_or_default().split_whitespace().collect();
        for name in names {
            answer.extend(self.claim_in(issuer, name, &languages).map(|value| (name.to_owned(), value)));
            let tagged = |key: &str| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('#'));
            for key in self.claims.keys().filter(|key| languages.is_empty() && tagged(key)) {
                answer.extend(self.claim(issuer, key).map(|value| (key.clone(), value)));
            }
        }
    }
}
