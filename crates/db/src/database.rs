//! The door to the database: read, write, nothing else.

use crate::migrations::{self, Pending};
use crate::{Conn, Error, Result, Timestamp, postgres, sqlite};
use std::path::PathBuf;
use std::sync::Arc;

/// Which of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// PostgreSQL.
    Postgres,
    /// SQLite.
    Sqlite,
}

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `postgres://…`, as libpq takes it. Not printed: it may hold a password.
    Postgres(String),
    /// `sqlite://PATH`: the path verbatim, relative to the working directory.
    Sqlite(PathBuf),
}

impl DatabaseUrl {
    /// Reads the setting `database.url`. Returns `None` for any other scheme or an empty path.
    pub fn parse(text: &str) -> Option<Self> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Some(Self::Postgres(text.to_owned()));
        }
        text.strip_prefix("sqlite://").filter(|path| !path.is_empty()).map(|path| Self::Sqlite(path.into()))
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Postgres(_) => f.write_str("postgres://…"),
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
        }
    }
}

/// A database that is open. Cheap to clone; the last clone that goes closes it.
#[derive(Clone)]
pub struct Database {
    engine: Arc<Engine>,
}

enum Engine {
    Postgres(postgres::Pool),
    Sqlite(sqlite::Store),
}

impl Database {
    /// Opens the database; `pool_size` bounds the connections to PostgreSQL. Does not migrate.
    ///
    /// Returns `Connection` when the server or the file cannot be reached.
    pub fn open(url: &DatabaseUrl, pool_size: u32) -> Result<Self> {
        let engine = match url {
            DatabaseUrl::Postgres(url) => Engine::Postgres(postgres::Pool::open(url, pool_size)?),
            DatabaseUrl::Sqlite(path) => Engine::Sqlite(sqlite::Store::open(path)?),
        };
        Ok(Self { engine: Arc::new(engine) })
    }

    /// Which database it is.
    pub fn backend(&self) -> Backend {
        match &*self.engine {
            Engine::Postgres(_) => Backend::Postgres,
            Engine::Sqlite(_) => Backend::Sqlite,
        }
    }

    /// Reads. On SQLite `f` runs at once, on this thread, over the thread's own read-only connection; on PostgreSQL on
    /// the blocking pool, once a connection is free.
    pub async fn read<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        match &*self.engine {
            Engine::Sqlite(store) => store.read(f),
            Engine::Postgres(pool) => pool.read(f).await,
        }
    }

    /// Writes: `f` is one transaction, committed and durable before this returns.
    ///
    /// `f` may run several times, on another thread, so it does nothing that cannot be run twice: no network, no mail,
    /// no password hashing. `Err` rolls back; a refusal that must be remembered is `Ok`.
    pub async fn write<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T> + Send + 'static,
    {
        match &*self.engine {
            Engine::Sqlite(store) => store.write(f).await,
            Engine::Postgres(pool) => pool.write(f).await,
        }
    }

    /// [`Database::read`] for commands and threads outside the async runtime.
    pub fn read_blocking<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        match &*self.engine {
            Engine::Sqlite(store) => store.read(f),
            Engine::Postgres(pool) => pool.read_blocking(f),
        }
    }

    /// [`Database::write`] for commands and threads outside the async runtime.
    pub fn write_blocking<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T> + Send + 'static,
    {
        match &*self.engine {
            Engine::Sqlite(store) => store.write_blocking(f),
            Engine::Postgres(pool) => pool.write_blocking(f),
        }
    }

    /// What the database's own clock says; `None` where it has none of its own (SQLite).
    ///
    /// # Errors
    /// The server cannot be asked.
    pub fn server_time(&self) -> Result<Option<Timestamp>> {
        match &*self.engine {
            Engine::Sqlite(_) => Ok(None),
            Engine::Postgres(pool) => pool.read_blocking(postgres::time).map(Some),
        }
    }

    /// Applies the migrations that are missing and returns their names. Safe to start on several nodes at once.
    pub fn migrate(&self) -> Result<Vec<String>> {
        self.alone(migrations::apply)
    }

    /// The migrations that [`Database::migrate`] would apply, and those of the database that this program does not know
    /// (it is older than the database).
    pub fn pending_migrations(&self) -> Result<Pending> {
        self.alone(migrations::pending)
    }

    /// Runs `f` on a connection of its own, outside any transaction.
    fn alone<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        match &*self.engine {
            Engine::Sqlite(store) => f(&mut sqlite::connect(store.path())?),
            Engine::Postgres(pool) => pool.read_blocking(f),
        }
    }
}

/// Runs a closure that may panic; the caller rolls back.
pub(crate) fn guarded<T>(f: impl FnOnce() -> Result<T>) -> Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).unwrap_or(Err(Error::Panicked))
}
