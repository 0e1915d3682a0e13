//! One connection type for both databases.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

pub use multi::{Conn, MultiBackend};

mod multi {
    #![expect(missing_docs, reason = "the derive writes undocumented items beside the documented enum")]

    use diesel::prelude::*;

    /// A connection to either database; each query is written once against it.
    #[derive(diesel::MultiConnection)]
    pub enum Conn {
        /// PostgreSQL, for several nodes.
        Postgres(PgConnection),
        /// SQLite, embedded.
        Sqlite(SqliteConnection),
    }
}

/// A query that every backend in [`Conn`] can express by itself, although the derived backend, as a type, cannot:
/// `on_conflict`, unions. It hands the query to whichever real backend is in use.
#[derive(Debug, Clone, Copy)]
pub struct OnEach<Q>(pub Q);

impl<Q> QueryFragment<MultiBackend> for OnEach<Q>
where
    Q: QueryFragment<diesel::pg::Pg> + QueryFragment<diesel::sqlite::Sqlite>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(&self.0, pass)
    }
}

impl<Q: QueryId> QueryId for OnEach<Q> {
    type QueryId = Q::QueryId;
    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q: Query> Query for OnEach<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> RunQueryDsl<Conn> for OnEach<Q> {}

/// A statement that is prepared once for each connection. Diesel prepares an `UPDATE` anew each time, because a changeset
/// with optional fields has another text for each choice of them: wrap those that always set the same columns.
#[derive(Debug, Clone, Copy)]
pub struct Steady<Q>(pub Q);

impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for Steady<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &MultiBackend) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q: QueryId> QueryId for Steady<Q> {
    type QueryId = Q::QueryId;
    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q: Query> Query for Steady<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> RunQueryDsl<Conn> for Steady<Q> {}

/// Runs statements without parameters (BEGIN, PRAGMA) on whichever database it is.
pub(crate) fn batch(conn: &mut Conn, sql: &str) -> QueryResult<()> {
    use diesel::connection::SimpleConnection;
    match conn {
        Conn::Postgres(c) => c.batch_execute(sql),
        Conn::Sqlite(c) => c.batch_execute(sql),
    }
}
