//! The table `passwords`.

use super::Phc;
use crate::{AccountId, Tx};
use db::schema::passwords;
use db::{Conn, OnEach, Result, Timestamp};
use diesel::prelude::*;

/// The hash of an account's password; `None` when it has none that opens anything.
pub fn find(conn: &mut Conn, account: &AccountId) -> Result<Option<Phc>> {
    Ok(find_any(conn, account)?.filter(|found| !found.is_void).map(|found| found.phc))
}

/// A password, good or void.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its hash.
    pub phc: Phc,
    /// Whether its owner declared it void: it opens nothing.
    pub is_void: bool,
}

/// [`find`], also of a void one: for the log-in page, which tells who knows it that another one is needed.
pub fn find_any(conn: &mut Conn, account: &AccountId) -> Result<Option<Kept>> {
    let columns = (passwords::phc, passwords::voided_at.is_not_null());
    let row: Option<(String, bool)> = passwords::table.find(account).select(columns).first(conn).optional()?;
    Ok(row.map(|(phc, is_void)| Kept { phc: Phc(phc), is_void }))
}

/// Declares an account's password void, until another one is set.
pub fn void(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    // A log-in that proved it a moment ago and is at its second step now goes no further: what it proved was changed.
    let void = (passwords::voided_at.eq(tx.now), passwords::changed_at.eq(tx.now));
    diesel::update(passwords::table.find(account)).set(void).execute(tx.conn)?;
    Ok(())
}

/// When an account's password was chosen; `None` when it has none.
pub fn changed_at(conn: &mut Conn, account: &AccountId) -> Result<Option<Timestamp>> {
    Ok(passwords::table.find(account).select(passwords::changed_at).first(conn).optional()?)
}

/// Sets an account's password, whatever it was.
pub fn put(tx: &mut Tx<'_>, account: &AccountId, phc: &Phc) -> Result<()> {
    let row = (passwords::account_id.eq(account), passwords::phc.eq(&phc.0), passwords::changed_at.eq(tx.now));
    let good = passwords::voided_at.eq(None::<Timestamp>);
    let change = (passwords::phc.eq(&phc.0), passwords::changed_at.eq(tx.now), good);
    let query =
        diesel::insert_into(passwords::table).values(row).on_conflict(passwords::account_id).do_update().set(change);
    OnEach(query).execute(tx.conn)?;
    Ok(())
}

/// Sets an account's password when it still is the one that was verified. Returns whether it was: if not, somebody
/// changed it in between, and what was verified counts no more.
pub fn replace_if_unchanged(tx: &mut Tx<'_>, account: &AccountId, verified: &Phc, new: &Phc) -> Result<bool> {
    let same =
        passwords::table.find(account).filter(passwords::phc.eq(&verified.0).and(passwords::voided_at.is_null()));
    let changed =
        diesel::update(same).set((passwords::phc.eq(&new.0), passwords::changed_at.eq(tx.now))).execute(tx.conn)?;
    Ok(changed == 1)
}

/// Keeps the hash of the same password under new costs, unless the password was changed in between. When it was changed
/// last stays as it was.
pub fn rehash(tx: &mut Tx<'_>, account: &AccountId, verified: &Phc, new: &Phc) -> Result<bool> {
    let same = passwords::table.find(account).filter(passwords::phc.eq(&verified.0));
    Ok(diesel::update(same).set(passwords::phc.eq(&new.0)).execute(tx.conn)? == 1)
}
