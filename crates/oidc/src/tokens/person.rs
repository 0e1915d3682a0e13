//! A person, as products may come to know them: the standard claims (OpenID Connect Core §5.1).

use crate::Client;
use account::{AccountId, Timestamp};
use protocol::{ClaimRequest, Scope};
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
}

impl Person {
    /// A claim; `None` when it is empty, or none of the standard ones.
    pub fn claim(&self, issuer: &str, name: &str) -> Option<Value> {
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
                None => self
                    .claims
                    .get(name)
                    .cloned()
                    .unwrap_or_else(|| account::profile::picture_url(issuer, &self.id, &self.name, None).into()),
            },
            "updated_at" => self.updated_at.as_seconds().into(),
            _ => self.claims.get(name)?.clone(),
        };
        let empty = value.is_null() || value.as_str().is_some_and(str::is_empty);
        (!empty && protocol::claims::claim_type(name).is_some()).then_some(value)
    }

    /// Adds a claim to an answer, when the person has it and it is one of the values that were asked for, if any were.
    pub fn add(&self, answer: &mut Map<String, Value>, issuer: &str, name: &str, request: Option<&ClaimRequest>) {
        let wanted = |value: &Value| request.is_none_or(|request| request.accepts(value));
        if let Some(value) = self.claim(issuer, name).filter(wanted) {
            answer.insert(name.to_owned(), value);
        }
    }

    /// Adds what the parameter `claims` asked for by name (§5.5). People are shown scopes when they are asked for consent:
    /// a client that is not one of ours gets by name what its granted scope opens anyway, so `value` and `values` work
    /// and nothing comes that nobody allowed.
    pub fn add_asked(
        &self,
        answer: &mut Map<String, Value>,
        issuer: &str,
        client: &Client,
        scope: &Scope,
        asked: &BTreeMap<String, Option<ClaimRequest>>,
    ) {
        let base = |name: &str| name.split('#').next().map(str::to_owned).unwrap_or_default();
        let allowed = |name: &str| client.first_party || scope.claims().any(|claim| claim == base(name));
        for (name, request) in asked.iter().filter(|(name, _)| *name != "sub" && allowed(name)) {
            self.add(answer, issuer, name, request.as_ref());
        }
    }

    /// Adds the claims of a scope, also in other languages (`name#de`, §5.2).
    pub fn add_all<'a>(&self, answer: &mut Map<String, Value>, issuer: &str, names: impl Iterator<Item = &'a str>) {
        for name in names {
            self.add(answer, issuer, name, None);
            let tagged = |key: &str| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('#'));
            for key in self.claims.keys().filter(|key| tagged(key)) {
                self.add(answer, issuer, key, None);
            }
        }
    }
}
