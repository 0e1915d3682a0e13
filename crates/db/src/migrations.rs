//! The migrations of both databases, embedded in the program.

use crate::conn::batch;
use crate::{Conn, Error, Result};
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// An advisory lock number of our own ("latchkey" in spirit): nodes that start together migrate one after another.
const LOCK: i64 = 0x6c61_7463_686b_6579;

/// What separates a database from this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Migrations to apply, in order, by name.
    pub missing: Vec<String>,
    /// Versions that the database has and this program does not know: the program is older than its database.
    pub unknown: Vec<String>,
}

/// Which migrations are missing or unknown.
pub(crate) fn pending(conn: &mut Conn) -> Result<Pending> {
    let applied: Vec<MigrationVersion<'static>> = match conn {
        Conn::Postgres(c) => applied_versions(c)?,
        Conn::Sqlite(c) => applied_versions(c)?,
    };
    let known: Vec<(String, String)> = match conn {
        Conn::Postgres(_) => names::<diesel::pg::Pg>(&POSTGRES)?,
        Conn::Sqlite(_) => names::<diesel::sqlite::Sqlite>(&SQLITE)?,
    };
    let applied: Vec<String> = applied.iter().map(ToString::to_string).collect();
    Ok(Pending {
        missing: known.iter().filter(|(v, _)| !applied.contains(v)).map(|(_, name)| name.clone()).collect(),
        unknown: applied.into_iter().filter(|v| known.iter().all(|(k, _)| k != v)).collect(),
    })
}

fn applied_versions<C, DB>(conn: &mut C) -> Result<Vec<MigrationVersion<'static>>>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
{
    conn.applied_migrations().map_err(|e| Error::Connection(format!("migrations: {e}")))
}

fn names<DB: diesel::backend::Backend>(source: &EmbeddedMigrations) -> Result<Vec<(String, String)>>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let all: Vec<Box<dyn Migration<DB>>> =
        source.migrations().map_err(|e| Error::Connection(format!("migrations: {e}")))?;
    let mut named: Vec<_> = all.iter().map(|m| (m.name().version().to_string(), m.name().to_string())).collect();
    named.sort();
    Ok(named)
}

/// Applies what is missing. An interrupted run is resumed by the next: on PostgreSQL each migration is a transaction of
/// its own, on SQLite all of them are one.
pub(crate) fn apply(conn: &mut Conn) -> Result<Vec<String>> {
    let failed = |e: Box<dyn std::error::Error + Send + Sync>| Error::Connection(format!("migration failed: {e}"));
    let named = |versions: Vec<MigrationVersion<'_>>| versions.iter().map(ToString::to_string).collect();
    match conn {
        // The write lock of the file keeps a second process out until all of them are applied.
        Conn::Sqlite(c) => c
            .immediate_transaction(|c| Ok(c.run_pending_migrations(SQLITE).map(named)))
            .map_err(|e: diesel::result::Error| Error::from(e))?
            .map_err(failed),
        Conn::Postgres(_) => {
            // A session lock: released by hand, or by the server when this connection ends.
            batch(conn, &format!("SELECT pg_advisory_lock({LOCK})"))?;
            let outcome = match conn {
                Conn::Postgres(c) => c.run_pending_migrations(POSTGRES).map(named).map_err(failed),
                Conn::Sqlite(_) => Ok(Vec::new()),
            };
            batch(conn, &format!("SELECT pg_advisory_unlock({LOCK})"))?;
            outcome
        }
    }
}
