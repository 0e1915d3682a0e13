//! From file and environment to checked settings.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::Path;

use toml::{Table, Value};

use super::keys::{self, KEYS, Key, Kind, Variable};
use super::problem::{Problem, Problems};
use super::value::PublicUrl;
use super::{Settings, check};

/// The file that is read when none is named.
pub const DEFAULT_FILE: &str = "latchkey.toml";

/// Reads the settings: the file (`named`, or [`DEFAULT_FILE`] when it is there), then the environment over it.
///
/// # Errors
/// All that is wrong, at once; a file that was named and cannot be read is one such thing.
pub fn load(
    named: Option<&Path>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Settings, Problems> {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => {
            let advice = format!("cannot be read ({error}); name the settings file by --config or LATCHKEY_CONFIG");
            return Err(Problems(vec![Problem::new(path.display().to_string(), advice)]));
        }
    };
    let (settings, mut problems) = merge(&path.display().to_string(), &text, environment);
    if let Some(settings) = &settings {
        problems.extend(check::files(settings));
    }
    match settings {
        Some(settings) if problems.is_empty() => Ok(settings),
        _ => Err(Problems(problems)),
    }
}

/// The settings that the text of a file and an environment make, and what is wrong with them. Reads nothing else.
pub(super) fn merge(
    file: &str,
    text: &str,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> (Option<Settings>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut given = Given::default();
    match text.parse::<Table>() {
        Ok(table) => given.add_file(table, &mut problems),
        Err(error) => problems.push(syntax_problem(file, text, &error)),
    }
    given.add_environment(environment, &mut problems);
    given.fill_public_url();
    let settings = given.parse(&mut problems);
    if let Some(settings) = &settings {
        problems.extend(check::rules(settings, |key| given.holds(key)));
    }
    (settings, problems)
}

/// What was written, key by key: where it stands and what it says.
#[derive(Default)]
struct Given(Vec<(&'static Key, String, Value)>);

impl Given {
    fn holds(&self, path: &str) -> bool {
        self.0.iter().any(|(key, ..)| key.path() == path)
    }

    fn add_file(&mut self, table: Table, problems: &mut Vec<Problem>) {
        for (section, content) in table {
            let Value::Table(content) = content else {
                let near = keys::nearest(&section, &section);
                let advice =
                    format!("stands outside every section; write it as {} under [{}]", near.name, near.section);
                problems.push(Problem::new(section, advice));
                continue;
            };
            if !KEYS.iter().any(|key| key.section == section) && content.is_empty() {
                problems.push(Problem::new(format!("[{section}]"), "there is no such section; take it out"));
            }
            for (name, value) in content {
                match keys::find(&section, &name) {
                    Some(key) => self.0.push((key, key.path(), value)),
                    None => problems.push(unknown(format!("{section}.{name}"), &keys::nearest(&section, &name).path())),
                }
            }
        }
    }

    fn add_environment(
        &mut self,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        problems: &mut Vec<Problem>,
    ) {
        for (variable, value) in environment {
            let Some(variable) = variable.to_str() else { continue };
            let key = match keys::classify(variable) {
                Variable::Other => continue,
                Variable::Overrides(key) => key,
                Variable::Unknown(near) => {
                    problems.push(unknown(variable.to_owned(), &near.variable()));
                    continue;
                }
            };
            let Ok(value) = value.into_string() else {
                problems.push(Problem::new(variable, "is not UTF-8; write plain text"));
                continue;
            };
            // Compose files pass on variables that nobody set as empty ones.
            if value.is_empty() {
                continue;
            }
            match from_text(key.kind, &value) {
                Ok(value) => {
                    self.0.retain(|(held, ..)| *held != key);
                    self.0.push((key, variable.to_owned(), value));
                }
                Err(advice) => problems.push(Problem::new(variable, advice)),
            }
        }
    }

    /// Without a public address, people are expected on this machine, on the port that is listened on.
    fn fill_public_url(&mut self) {
        let listen = self.0.iter().find(|(key, ..)| key.path() == "server.listen");
        let port = listen.and_then(|(_, _, value)| value.as_str()?.rsplit_once(':')?.1.parse::<u16>().ok());
        if let (Some(port), false) = (port, self.holds("server.public_url")) {
            let key = keys::find("server", "public_url").expect("it is in the list of keys");
            self.0.push((key, key.path(), Value::String(PublicUrl::on_localhost(port).as_str().to_owned())));
        }
    }

    /// Tries each key by itself, so that one wrong value does not hide the next.
    fn parse(&self, problems: &mut Vec<Problem>) -> Option<Settings> {
        let before = problems.len();
        let mut whole = Table::new();
        for (key, place, value) in &self.0 {
            let outcome = fits(key.kind, value).and_then(|()| {
                let section = Table::from_iter([(key.name.to_owned(), value.clone())]);
                let alone = Table::from_iter([(key.section.to_owned(), Value::Table(section))]);
                alone.try_into::<Settings>().map(drop).map_err(|error| error.message().to_owned())
            });
            match outcome {
                Ok(()) => {
                    let section = whole.entry(key.section).or_insert_with(|| Value::Table(Table::new()));
                    section
                        .as_table_mut()
                        .expect("only tables are put here")
                        .insert(key.name.to_owned(), value.clone());
                }
                Err(advice) => problems.push(Problem::new(place.clone(), advice)),
            }
        }
        if problems.len() > before {
            return None;
        }
        match whole.try_into() {
            Ok(settings) => Some(settings),
            Err(error) => {
                problems.push(Problem::new("settings", error.message()));
                None
            }
        }
    }
}

fn unknown(place: String, near: &str) -> Problem {
    Problem::new(place, format!("there is no such key; did you mean {near}?"))
}

/// The text of a variable as the value its key holds.
fn from_text(kind: Kind, text: &str) -> Result<Value, String> {
    match kind {
        Kind::Text => Ok(Value::String(text.to_owned())),
        Kind::Switch => text.parse().map(Value::Boolean).map_err(|_| sentence(kind)),
        Kind::Number(..) => text.parse().map(Value::Integer).map_err(|_| sentence(kind)),
        Kind::List => {
            let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
            Ok(Value::Array(entries.map(|entry| Value::String(entry.to_owned())).collect()))
        }
    }
}

/// Whether the value is of the key's kind and, for a number, within its bounds.
fn fits(kind: Kind, value: &Value) -> Result<(), String> {
    let right = match (kind, value) {
        (Kind::Text, Value::String(text)) => !text.is_empty(),
        (Kind::Switch, Value::Boolean(_)) => true,
        (Kind::Number(least, most), Value::Integer(number)) => (i64::from(least)..=i64::from(most)).contains(number),
        (Kind::List, Value::Array(entries)) => entries.iter().all(Value::is_str),
        _ => false,
    };
    if right { Ok(()) } else { Err(sentence(kind)) }
}

fn sentence(kind: Kind) -> String {
    match kind {
        Kind::Text => "write a text in quotes, or leave the key out".to_owned(),
        Kind::Switch => "write true or false".to_owned(),
        Kind::Number(least, most) => format!("write a whole number from {least} to {most}"),
        Kind::List => "write a list such as [\"10.0.0.7\", \"192.168.0.0/16\"]".to_owned(),
    }
}

/// Names the line, and does not quote it: it may hold a password.
fn syntax_problem(file: &str, text: &str, error: &toml::de::Error) -> Problem {
    let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    Problem::new(format!("{file} line {line}"), format!("is not TOML: {}", error.message().replace('\n', ", ")))
}
