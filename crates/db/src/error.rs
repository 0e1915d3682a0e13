//! What can go wrong below every business rule.

use std::sync::Arc;

/// The result of everything that touches the database.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure of the database itself. What a caller can act upon (a refused log-in, a name that is taken) is a value of
/// the operation, never this error: an `Err` from a write rolls everything back.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// A statement failed.
    #[error("database: {0}")]
    Statement(Arc<diesel::result::Error>),
    /// The transaction that carried this write could not be committed.
    #[error("the commit failed: {0}")]
    Commit(String),
    /// No connection could be had.
    #[error("no database connection: {0}")]
    Connection(String),
    /// The closure panicked; its transaction was rolled back.
    #[error("a database operation panicked")]
    Panicked,
    /// The database is being closed.
    #[error("the database is closed")]
    Closed,
    /// PostgreSQL kept refusing to serialize this write.
    #[error("the write met too much contention")]
    Contention,
    /// A stored value does not have the form that it was written in.
    #[error("stored data cannot be read: {0}")]
    Corrupt(String),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Error::Statement(Arc::new(error))
    }
}

impl Error {
    /// Whether PostgreSQL asks to run the transaction again (serialization failure, or a deadlock that it broke).
    pub(crate) fn asks_for_retry(&self) -> bool {
        use diesel::result::{DatabaseErrorKind, Error as Diesel};
        match self {
            Error::Statement(e) => match &**e {
                Diesel::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
                Diesel::DatabaseError(_, info) => info.message().contains("deadlock detected"),
                _ => false,
            },
            _ => false,
        }
    }
}
