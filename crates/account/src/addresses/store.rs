//! The table `email_additions`, and the rows of `emails` beside the primary one.

use super::{AdditionId, Address, Waiting};
use crate::account::EmailId;
use crate::email::Email;
use crate::secret::Token;
use crate::{AccountId, Tx};
use db::schema::{accounts, email_additions, emails};
use db::{Conn, OnEach, Result, Timestamp};
use diesel::prelude::*;

type Row = (EmailId, String, bool, Option<Timestamp>);

pub(super) fn list(conn: &mut Conn, account: &AccountId) -> Result<Vec<Address>> {
    let rows: Vec<Row> = emails::table
        .filter(emails::account_id.eq(account))
        .order((emails::is_primary.desc(), emails::id.asc()))
        .select((emails::id, emails::address, emails::is_primary, emails::verified_at))
        .load(conn)?;
    let address = |(id, address, is_primary, verified_at): Row| Address { id, address, is_primary, verified_at };
    Ok(rows.into_iter().map(address).collect())
}

type WaitingRow = (AdditionId, AccountId, String);

fn waiting_of((id, account_id, address): WaitingRow) -> Waiting {
    Waiting { id, account_id, address }
}

pub(super) fn waiting(conn: &mut Conn, account: &AccountId, now: Timestamp) -> Result<Vec<Waiting>> {
    let rows: Vec<WaitingRow> = email_additions::table
        .filter(email_additions::account_id.eq(account).and(email_additions::expires_at.gt(now)))
        .order(email_additions::id.asc())
        .select((email_additions::id, email_additions::account_id, email_additions::address))
        .load(conn)?;
    Ok(rows.into_iter().map(waiting_of).collect())
}

/// Addresses of the account and those that wait, this one left out.
pub(super) fn count_without(conn: &mut Conn, account: &AccountId, new: &Email, now: Timestamp) -> Result<i64> {
    let own: i64 = emails::table.filter(emails::account_id.eq(account)).count().get_result(conn)?;
    let waiting: i64 = email_additions::table
        .filter(email_additions::account_id.eq(account).and(email_additions::expires_at.gt(now)))
        .filter(email_additions::normalized.ne(new.normalized()))
        .count()
        .get_result(conn)?;
    Ok(own + waiting)
}

/// The account that an address belongs to.
pub(super) fn holder(conn: &mut Conn, address: &Email) -> Result<Option<AccountId>> {
    let held = emails::table.filter(emails::normalized.eq(address.normalized()));
    Ok(held.select(emails::account_id).first(conn).optional()?)
}

/// Writes down that an address waits, in place of what waited for it before.
pub(super) fn put_waiting(
    tx: &mut Tx<'_>,
    account: &AccountId,
    new: &Email,
    token: &Token,
    expires_at: Timestamp,
) -> Result<()> {
    let same = email_additions::account_id.eq(account).and(email_additions::normalized.eq(new.normalized()));
    diesel::delete(email_additions::table.filter(same)).execute(tx.conn)?;
    diesel::insert_into(email_additions::table)
        .values((
            email_additions::id.eq(AdditionId::new(tx.now)),
            email_additions::account_id.eq(account),
            email_additions::address.eq(new.address()),
            email_additions::normalized.eq(new.normalized()),
            email_additions::confirm_hash.eq(token.hash()),
            email_additions::created_at.eq(tx.now),
            email_additions::expires_at.eq(expires_at),
        ))
        .execute(tx.conn)?;
    Ok(())
}

pub(super) fn cancel(tx: &mut Tx<'_>, account: &AccountId, addition: &AdditionId) -> Result<bool> {
    let own = email_additions::id.eq(addition).and(email_additions::account_id.eq(account));
    Ok(diesel::delete(email_additions::table.filter(own)).execute(tx.conn)? == 1)
}

pub(super) fn cancel_all(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    diesel::delete(email_additions::table.filter(email_additions::account_id.eq(account))).execute(tx.conn)?;
    Ok(())
}

/// What a link would confirm, while it lives and its account is active.
pub(super) fn to_confirm(conn: &mut Conn, hash: &[u8], now: Timestamp) -> Result<Option<Waiting>> {
    let row: Option<WaitingRow> = email_additions::table
        .inner_join(accounts::table.on(accounts::id.eq(email_additions::account_id)))
        .filter(email_additions::confirm_hash.eq(hash).and(email_additions::expires_at.gt(now)))
        .filter(accounts::status.eq("active"))
        .select((email_additions::id, email_additions::account_id, email_additions::address))
        .first(conn)
        .optional()?;
    Ok(row.map(waiting_of))
}

/// Spends a link of this account: of many who try, one gets the address.
pub(super) fn spend(tx: &mut Tx<'_>, account: &AccountId, hash: &[u8]) -> Result<Option<String>> {
    let living = email_additions::confirm_hash
        .eq(hash)
        .and(email_additions::account_id.eq(account))
        .and(email_additions::expires_at.gt(tx.now));
    Ok(diesel::delete(email_additions::table.filter(living))
        .returning(email_additions::address)
        .get_result(tx.conn)
        .optional()?)
}

/// Gives the account an address, known to be theirs, beside the primary one. Returns `false` when somebody has it.
pub(super) fn insert(tx: &mut Tx<'_>, account: &AccountId, address: &Email) -> Result<bool> {
    let row = (
        emails::id.eq(EmailId::new(tx.now)),
        emails::account_id.eq(account),
        emails::address.eq(address.address()),
        emails::normalized.eq(address.normalized()),
        emails::is_primary.eq(false),
        emails::verified_at.eq(tx.now),
        emails::created_at.eq(tx.now),
    );
    let insert = OnEach(diesel::insert_into(emails::table).values(row).on_conflict(emails::normalized).do_nothing());
    Ok(insert.execute(tx.conn)? == 1)
}

/// Removes an address of this account that is not primary.
pub(super) fn remove(tx: &mut Tx<'_>, account: &AccountId, email: &EmailId) -> Result<Option<String>> {
    let own = emails::id.eq(email).and(emails::account_id.eq(account)).and(emails::is_primary.eq(false));
    Ok(diesel::delete(emails::table.filter(own)).returning(emails::address).get_result(tx.conn).optional()?)
}

/// Removes the addresses that became this account's since then, and are not primary. Returns them.
pub(super) fn remove_since(tx: &mut Tx<'_>, account: &AccountId, since: Timestamp) -> Result<Vec<String>> {
    let own = emails::account_id.eq(account).and(emails::is_primary.eq(false)).and(emails::created_at.ge(since));
    Ok(diesel::delete(emails::table.filter(own)).returning(emails::address).get_results(tx.conn)?)
}
