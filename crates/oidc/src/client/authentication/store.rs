//! The table `used_assertions`.

use account::{Timestamp, Tx};
use db::schema::used_assertions;
use db::{OnEach, Result};
use diesel::prelude::*;

/// Notes an assertion as used. Returns whether it was not before: of two who try, one is told so.
pub(super) fn spend(tx: &mut Tx<'_>, id: &str, expires_at: Timestamp) -> Result<bool> {
    let insert = diesel::insert_into(used_assertions::table)
        .values((used_assertions::id.eq(id), used_assertions::expires_at.eq(expires_at)))
        .on_conflict_do_nothing();
    Ok(OnEach(insert).execute(tx.conn)? == 1)
}
