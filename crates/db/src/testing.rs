//! Databases for tests: SQLite files, or databases of the PostgreSQL server that `LATCHKEY_TEST_DATABASE` names.

use crate::conn::batch;
use crate::{Conn, Database, DatabaseUrl, Error, Result};
use diesel::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The environment variable with the URL of a PostgreSQL server on which tests may make databases. Unset: SQLite.
pub const TEST_DATABASE: &str = "LATCHKEY_TEST_DATABASE";

/// An empty, migrated database that goes when this value goes.
pub struct TestDatabase {
    url: DatabaseUrl,
    text: String,
    server: Option<(String, String)>,
    folder: Option<PathBuf>,
}

impl TestDatabase {
    /// Makes one, on PostgreSQL when [`TEST_DATABASE`] is set.
    pub fn create() -> Self {
        let made = match std::env::var(TEST_DATABASE) {
            Ok(server) => Self::on_postgres(&server),
            Err(_) => Self::on_sqlite(true),
        };
        made.expect("a test database can be made")
    }

    /// Makes one without tables.
    pub fn create_empty() -> Self {
        let made = match std::env::var(TEST_DATABASE) {
            Ok(server) => create_database(&server, "template0"),
            Err(_) => Self::on_sqlite(false),
        };
        made.expect("a test database can be made")
    }

    /// Where it is.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Where it is, as the setting `database.url` has it.
    pub fn url_text(&self) -> &str {
        &self.text
    }

    /// Opens it as a node would.
    pub fn open(&self) -> Database {
        self.open_with_pool(4)
    }

    /// Opens it with a pool of this size.
    pub fn open_with_pool(&self, size: u32) -> Database {
        Database::open(&self.url, size).expect("the test database opens")
    }

    fn on_sqlite(migrated: bool) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("latchkey-test-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&folder).map_err(|e| Error::Connection(e.to_string()))?;
        let path = folder.join("latchkey.db");
        if migrated {
            let template = sqlite_template()?;
            std::fs::copy(template, &path).map_err(|e| Error::Connection(e.to_string()))?;
        }
        let text = format!("sqlite://{}", path.display());
        Ok(Self { url: DatabaseUrl::Sqlite(path), text, server: None, folder: Some(folder) })
    }

    fn on_postgres(server: &str) -> Result<Self> {
        static TEMPLATE: OnceLock<std::result::Result<String, String>> = OnceLock::new();
        let template = TEMPLATE.get_or_init(|| {
            let made = create_database(server, "template0").map_err(|e| e.to_string())?;
            let opened = Database::open(&made.url, 1).and_then(|db| db.migrate());
            opened.map_err(|e| e.to_string())?;
            let (_, name) = made.server.clone().ok_or("made on a server")?;
            // Kept for the whole run; `test.sh` throws the server away.
            std::mem::forget(made);
            Ok(name)
        });
        let template = template.clone().map_err(Error::Connection)?;
        create_database(server, &template)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.server {
            let dropped = PgConnection::establish(server)
                .map(|c| batch(&mut Conn::Postgres(c), &format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)")));
            let _ = dropped;
        }
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// A migrated file, made once for each test program and copied from then on (0.4 ms instead of 33).
fn sqlite_template() -> Result<&'static Path> {
    static TEMPLATE: OnceLock<std::result::Result<PathBuf, String>> = OnceLock::new();
    let made = TEMPLATE.get_or_init(|| {
        let path = std::env::temp_dir().join(format!("latchkey-template-{}.db", uuid::Uuid::new_v4()));
        let db = Database::open(&DatabaseUrl::Sqlite(path.clone()), 1).map_err(|e| e.to_string())?;
        db.migrate().map_err(|e| e.to_string())?;
        drop(db);
        Ok(path)
    });
    made.as_deref().map_err(|e| Error::Connection(e.clone()))
}

fn create_database(server: &str, template: &str) -> Result<TestDatabase> {
    let name = format!("latchkey_test_{}", uuid::Uuid::new_v4().simple());
    let inner = PgConnection::establish(server).map_err(|e| Error::Connection(e.to_string()))?;
    batch(&mut Conn::Postgres(inner), &format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\""))?;
    let text = replace_database(server, &name);
    Ok(TestDatabase {
        url: DatabaseUrl::Postgres(text.clone()),
        text,
        server: Some((server.to_owned(), name)),
        folder: None,
    })
}

/// `postgres://user@host:port/DATABASE?options` with another database.
fn replace_database(server: &str, name: &str) -> String {
    let (base, options) = server.split_once('?').map_or((server, None), |(b, o)| (b, Some(o)));
    let scheme_end = base.find("://").map_or(0, |i| i + 3);
    let authority_end = base[scheme_end..].find('/').map_or(base.len(), |i| scheme_end + i);
    let options = options.map(|o| format!("?{o}")).unwrap_or_default();
    format!("{}/{name}{options}", &base[..authority_end])
}
