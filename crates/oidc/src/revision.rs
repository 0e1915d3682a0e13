//! Counters that tell every node that a snapshot in its memory is old (table `revisions`).

use account::Tx;
use db::schema::revisions;
use db::{Conn, OnEach, Result};
use diesel::prelude::*;

/// Moves the counter on, in the transaction of the change that it announces.
pub fn bump(tx: &mut Tx<'_>, name: &str) -> Result<()> {
    OnEach(
        diesel::insert_into(revisions::table)
            .values((revisions::name.eq(name), revisions::revision.eq(1_i64)))
            .on_conflict(revisions::name)
            .do_update()
            .set(revisions::revision.eq(revisions::revision + 1)),
    )
    .execute(tx.conn)?;
    Ok(())
}

/// Where the counter stands; 0 before the first change.
pub fn current(conn: &mut Conn, name: &str) -> Result<i64> {
    let row = revisions::table.find(name).select(revisions::revision).first(conn).optional()?;
    Ok(row.unwrap_or(0))
}
