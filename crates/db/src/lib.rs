//! The ground: connections to SQLite and PostgreSQL behind one type, transactions that are right on both, the schema,
//! column types and migrations. No business rule lives here.
//!
//! [`Database::read`] and [`Database::write`] are the only ways to a connection. A write is one transaction, immediate
//! on SQLite (gathered with its neighbours into one durable commit) and serializable with bounded retry on PostgreSQL.

pub mod conn;
pub mod database;
pub mod error;
pub mod migrations;
mod postgres;
#[rustfmt::skip]
pub mod schema;
mod sqlite;
pub mod testing;
pub mod types;

pub use conn::{Conn, OnEach, Steady};
pub use database::{Backend, Database, DatabaseUrl};
pub use error::{Error, Result};
pub use types::{Json, Timestamp};
