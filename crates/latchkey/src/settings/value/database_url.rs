//! `database.url`.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Which of the two databases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseKind {
    /// A file, whose path is what follows `sqlite://`, verbatim.
    Sqlite(PathBuf),
    /// A server; the connection string stays in [`DatabaseUrl::expose`].
    Postgres,
}

/// The database's address. It may hold a password, so it does not print.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct DatabaseUrl {
    text: String,
    kind: DatabaseKind,
}

impl DatabaseUrl {
    /// The address as written, password included; for opening the database and nothing else.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Which database it names.
    pub fn kind(&self) -> &DatabaseKind {
        &self.kind
    }

    /// Whether it names a PostgreSQL server.
    pub fn is_postgres(&self) -> bool {
        self.kind == DatabaseKind::Postgres
    }

    /// The SQLite file at `path`.
    pub fn sqlite(path: &Path) -> Self {
        Self { text: format!("sqlite://{}", path.display()), kind: DatabaseKind::Sqlite(path.to_owned()) }
    }
}

impl Default for DatabaseUrl {
    fn default() -> Self {
        Self::sqlite(Path::new("latchkey.db"))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            DatabaseKind::Sqlite(path) => write!(out, "sqlite://{}", path.display()),
            DatabaseKind::Postgres => out.write_str("postgres://[hidden]"),
        }
    }
}

impl TryFrom<String> for DatabaseUrl {
    type Error = String;

    // The text may hold a password, so no sentence quotes it.
    fn try_from(text: String) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("sqlite://") {
            if path.is_empty() || path.contains(":memory:") {
                return Err("SQLite needs a file to keep things in; write \"sqlite://latchkey.db\"".to_owned());
            }
            return Ok(Self { kind: DatabaseKind::Sqlite(PathBuf::from(path)), text });
        }
        let server = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"));
        match server {
            Some(rest) if !rest.is_empty() => Ok(Self { kind: DatabaseKind::Postgres, text }),
            _ => Err("write \"sqlite://FILE\" or \"postgres://USER:PASSWORD@HOST/DATABASE\"".to_owned()),
        }
    }
}
