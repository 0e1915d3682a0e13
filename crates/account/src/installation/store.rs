//! The table `installation`.

use db::schema::installation;
use db::{Conn, OnEach, Result};
use diesel::prelude::*;

/// The value of a note.
pub fn note(conn: &mut Conn, name: &str) -> Result<Option<String>> {
    Ok(installation::table.find(name).select(installation::value).first(conn).optional()?)
}

/// Writes a note, unless there is one of this name already: the first node decides.
pub fn remember(conn: &mut Conn, name: &str, value: &str) -> Result<()> {
    let row = (installation::name.eq(name), installation::value.eq(value));
    OnEach(diesel::insert_into(installation::table).values(row).on_conflict(installation::name).do_nothing())
        .execute(conn)?;
    Ok(())
}
