//! The column `visibility` of `accounts`.

use super::Visibility;
use crate::{AccountId, Tx};
use db::schema::accounts;
use db::{Conn, Error, Result};
use diesel::prelude::*;

/// Who sees what of an account. `None`: there is none of this id.
pub fn of(conn: &mut Conn, account: &AccountId) -> Result<Option<Visibility>> {
    let text: Option<String> = accounts::table.find(account).select(accounts::visibility).first(conn).optional()?;
    let read = |text: String| Visibility::read(&text).ok_or_else(|| Error::Corrupt(format!("visibility of {account}")));
    text.map(read).transpose()
}

pub(super) fn save(tx: &mut Tx<'_>, account: &AccountId, visibility: &Visibility) -> Result<()> {
    // Products cache a profile by `updated_at`: what they may see of it has changed.
    let changed = (accounts::visibility.eq(visibility.to_text()), accounts::updated_at.eq(tx.now));
    diesel::update(accounts::table.find(account)).set(changed).execute(tx.conn)?;
    Ok(())
}
