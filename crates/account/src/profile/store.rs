//! The columns of `accounts` that people fill in themselves.

use crate::account::{Claims, DisplayName};
use crate::{AccountId, Tx};
use db::schema::accounts;
use db::{Conn, Error, Result};
use diesel::prelude::*;

pub(super) fn rename(tx: &mut Tx<'_>, account: &AccountId, name: &DisplayName) -> Result<bool> {
    let differs = accounts::table.find(account).filter(accounts::name.ne(name.as_str()));
    let changed = (accounts::name.eq(name.as_str()), accounts::updated_at.eq(tx.now));
    Ok(diesel::update(differs).set(changed).execute(tx.conn)? == 1)
}

pub(super) fn claims(conn: &mut Conn, account: &AccountId) -> Result<Option<Claims>> {
    let text: Option<String> = accounts::table.find(account).select(accounts::claims).first(conn).optional()?;
    text.map(|text| Claims::read(&text).map_err(|e| Error::Corrupt(e.to_string()))).transpose()
}

pub(super) fn save_claims(tx: &mut Tx<'_>, account: &AccountId, claims: &Claims) -> Result<()> {
    let changed = (accounts::claims.eq(claims.to_text()), accounts::updated_at.eq(tx.now));
    diesel::update(accounts::table.find(account)).set(changed).execute(tx.conn)?;
    Ok(())
}
