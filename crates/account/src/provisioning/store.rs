//! Bringing a row of `accounts` to what the file says.

use super::AccountWish;
use crate::account;
use crate::{AccountId, Tx};
use db::Result;
use db::schema::accounts;
use diesel::prelude::*;

pub(super) fn update(tx: &mut Tx<'_>, id: &AccountId, wish: &AccountWish) -> Result<()> {
    let Some(present) = account::find(tx.conn, id)? else { return Ok(()) };
    let mut claims = present.claims;
    for (name, value) in &wish.claims {
        claims.set(name, Some(value.clone()));
    }
    let name = wish.name.as_ref().map_or(present.name.as_str(), |name| name.as_str());
    diesel::update(accounts::table.find(id))
        .set((
            accounts::name.eq(name),
            accounts::operator.eq(wish.operator.unwrap_or(present.operator)),
            accounts::claims.eq(claims.to_text()),
            accounts::updated_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(())
}
