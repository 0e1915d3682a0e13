//! The standard claims that a person fills in.

use serde_json::{Map, Value};

/// Standard claims (OpenID Connect Core §5.1) of an account by name, apart from those that have columns of their own:
/// `sub`, `name`, `picture`, `email`, `updated_at`. Whoever takes them from outside checks their form first
/// (`protocol::claims`); what is here has been checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims(pub Map<String, Value>);

impl Claims {
    /// A claim's value.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Sets a claim, or takes it away with `None`.
    pub fn set(&mut self, name: &str, value: Option<Value>) {
        match value {
            Some(value) => self.0.insert(name.to_owned(), value),
            None => self.0.remove(name),
        };
    }

    /// Reads the column.
    pub(crate) fn read(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text).map(Self)
    }

    /// The column's text.
    pub(crate) fn to_text(&self) -> String {
        serde_json::to_string(&self.0).expect("a map with text keys serialises")
    }
}
