//! The file (design §7.3): read as a whole, every name and form checked, all that is wrong said at once.

use account::account::DisplayName;
use account::credential::password::{LONGEST, Password, SHORTEST};
use account::email::Email;
use account::provisioning::AccountWish;
use oidc::client::Sector;
use protocol::registration::{FIELDS, LOCALISED_FIELDS};
use protocol::{ClientMetadata, claims};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::settings::keys::distance;

const ACCOUNT_KEYS: &[&str] = &["email", "name", "password", "verified", "operator", "claims"];
/// What `[[client]]` has besides the metadata.
const CLIENT_KEYS: &[&str] = &["client_id", "client_secret", "first_party"];
/// Claims that an account has elsewhere, and where.
const NOT_IN_CLAIMS: &[(&str, &str)] = &[
    ("sub", "it is the account's id, which we choose"),
    ("name", "write `name` in [[account]]"),
    ("email", "write `email` in [[account]]"),
    ("email_verified", "write `verified` in [[account]]"),
    ("updated_at", "it follows from the last change"),
];

/// What the file says.
#[derive(Debug, Default)]
pub struct File {
    pub accounts: Vec<AccountEntry>,
    pub clients: Vec<ClientEntry>,
}

/// An `[[account]]`.
#[derive(Debug)]
pub struct AccountEntry {
    pub wish: AccountWish,
    /// Set when the account is made.
    pub password: Option<Password>,
}

/// A `[[client]]`.
#[derive(Debug)]
pub struct ClientEntry {
    pub client_id: String,
    pub client_secret: Option<Zeroizing<String>>,
    pub first_party: Option<bool>,
    /// Only the fields that the file has.
    pub metadata: ClientMetadata,
    /// What stands at the `sector_identifier_uri` that the client will have; read before the file is compared.
    pub sector: Sector,
}

impl File {
    /// Reads the text; all that is wrong otherwise.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| vec![error.to_string()])?;
        let mut problems = Vec::new();
        let mut file = Self::default();
        for (name, value) in table {
            let Some(entries) = tables(value) else {
                problems.push(match name.as_str() {
                    "account" | "client" => format!("{name}: write [[{name}]] before each entry"),
                    _ => unknown("the file", &name, ["account", "client"]),
                });
                continue;
            };
            for (at, entry) in entries.into_iter().enumerate() {
                match name.as_str() {
                    "account" => file.accounts.extend(account(at, entry, &mut problems)),
                    "client" => file.clients.extend(client(at, entry, &mut problems)),
                    _ => {
                        problems.push(unknown("the file", &name, ["account", "client"]));
                        break;
                    }
                }
            }
        }
        let emails = file.accounts.iter().map(|entry| entry.wish.email.normalized());
        problems.extend(twice(emails).map(|email| format!("account {email}: it is in the file twice")));
        let ids = file.clients.iter().map(|entry| entry.client_id.as_str());
        problems.extend(twice(ids).map(|id| format!("client {id}: it is in the file twice")));
        if problems.is_empty() { Ok(file) } else { Err(problems) }
    }

    /// The password of the account with this (normalized) address.
    pub fn password_of(&self, email: &str) -> Option<&Password> {
        self.accounts.iter().find(|entry| entry.wish.email.normalized() == email)?.password.as_ref()
    }
}

fn account(at: usize, mut entry: Map<String, Value>, problems: &mut Vec<String>) -> Option<AccountEntry> {
    let place = place("account", at, entry.get("email"));
    let before = problems.len();
    for name in entry.keys().filter(|name| !ACCOUNT_KEYS.contains(&name.as_str())) {
        problems.push(unknown(&place, name, ACCOUNT_KEYS.iter().copied()));
    }
    let mut wrong = |field: &str, why: &str| problems.push(format!("{place}: {field}: {why}"));
    let email = match entry.remove("email") {
        Some(Value::String(text)) => Email::parse(&text).map_err(|why| wrong("email", &why.to_string())).ok(),
        _ => {
            wrong("email", "every account needs one, as a text: it is how the account is found");
            None
        }
    };
    let name = text(entry.remove("name"), "name", &mut wrong);
    let name = name.and_then(|text| DisplayName::parse(&text).map_err(|why| wrong("name", &why.to_string())).ok());
    let password = text(entry.remove("password"), "password", &mut wrong).map(|text| Password::typed(&text));
    if password.as_ref().is_some_and(|password| !(SHORTEST..=LONGEST).contains(&password.length())) {
        wrong("password", &format!("write {SHORTEST} to {LONGEST} characters"));
    }
    let verified = flag(entry.remove("verified"), "verified", &mut wrong);
    let operator = flag(entry.remove("operator"), "operator", &mut wrong);
    let claims = match entry.remove("claims") {
        None => Map::new(),
        Some(Value::Object(claims)) => claims,
        Some(_) => {
            wrong("claims", "write a table, like { given_name = \"Alice\" }");
            Map::new()
        }
    };
    for (name, value) in &claims {
        if let Some((_, instead)) = NOT_IN_CLAIMS.iter().find(|(own, _)| own == name) {
            wrong(&format!("claims.{name}"), instead);
        } else if claims::claim_type(name).is_none() {
            let known = claims::STANDARD_CLAIMS.iter().map(|(known, _)| *known);
            wrong(&format!("claims.{name}"), &format!("this is not a standard claim; {}", meant(name, known)));
        } else if let Err(why) = claims::validate_standard_claim(name, value) {
            wrong(&format!("claims.{name}"), &why);
        }
    }
    let email = email.filter(|_| problems.len() == before)?;
    Some(AccountEntry { wish: AccountWish { email, name, verified, operator, claims }, password })
}

fn client(at: usize, mut entry: Map<String, Value>, problems: &mut Vec<String>) -> Option<ClientEntry> {
    let place = place("client", at, entry.get("client_id"));
    let before = problems.len();
    let known = || CLIENT_KEYS.iter().chain(FIELDS).copied();
    for name in entry.keys() {
        let localised = name.split_once('#').is_some_and(|(field, tag)| {
            LOCALISED_FIELDS.contains(&field) && claims::is_language_tag(tag) && entry[name].is_string()
        });
        if !localised && !known().any(|key| key == name) {
            problems.push(unknown(&place, name, known()));
        }
    }
    let mut wrong = |field: &str, why: &str| problems.push(format!("{place}: {field}: {why}"));
    let client_id = text(entry.remove("client_id"), "client_id", &mut wrong);
    if client_id.is_none() {
        wrong("client_id", "every client needs one, as a text: it is how the client is found");
    }
    let client_secret = text(entry.remove("client_secret"), "client_secret", &mut wrong).map(Zeroizing::new);
    let first_party = flag(entry.remove("first_party"), "first_party", &mut wrong);
    // Field by field, because an error of the whole does not say which field it is about.
    for (name, value) in &entry {
        let alone = Value::Object([(name.clone(), value.clone())].into_iter().collect());
        if let Err(why) = serde_json::from_value::<ClientMetadata>(alone) {
            wrong(name, &why.to_string());
        }
    }
    let client_id = client_id.filter(|_| problems.len() == before)?;
    let metadata = serde_json::from_value(Value::Object(entry)).ok()?;
    Some(ClientEntry { client_id, client_secret, first_party, metadata, sector: Sector::default() })
}

fn text(value: Option<Value>, field: &str, wrong: &mut impl FnMut(&str, &str)) -> Option<String> {
    match value {
        None => None,
        Some(Value::String(text)) => Some(text),
        Some(_) => {
            wrong(field, "write a text, in quotes");
            None
        }
    }
}

fn flag(value: Option<Value>, field: &str, wrong: &mut impl FnMut(&str, &str)) -> Option<bool> {
    match value {
        None => None,
        Some(Value::Bool(flag)) => Some(flag),
        Some(_) => {
            wrong(field, "write true or false");
            None
        }
    }
}

/// `client 2 (tracker)`: where in the file.
fn place(kind: &str, at: usize, name: Option<&Value>) -> String {
    match name.and_then(Value::as_str) {
        Some(name) => format!("{kind} {name}"),
        None => format!("{kind} number {}", at + 1),
    }
}

fn unknown<'a>(place: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    format!("{place}: there is no key {name:?}; {}", meant(name, known))
}

fn meant<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let nearest = known.into_iter().min_by_key(|key| distance(&name.to_lowercase(), key)).unwrap_or_default();
    format!("did you mean {nearest:?}?")
}

fn twice<'a>(names: impl Iterator<Item = &'a str>) -> impl Iterator<Item = String> {
    let mut seen = std::collections::HashSet::new();
    names.filter(move |name| !seen.insert(*name)).map(str::to_owned).collect::<Vec<_>>().into_iter()
}

/// An array of tables, as JSON. `None` for anything else.
fn tables(value: toml::Value) -> Option<Vec<Map<String, Value>>> {
    let toml::Value::Array(entries) = value else { return None };
    let table = |entry| match json(entry) {
        Value::Object(table) => Some(table),
        _ => None,
    };
    entries.into_iter().map(table).collect()
}

/// TOML as JSON; a date without quotes is the text of the date.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Array(list) => list.into_iter().map(json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(name, value)| (name, json(value))).collect(),
    }
}
