//! The table `email_changes`, and the account's row in `emails`.

use super::{EmailChangeId, PendingChange};
use crate::account::EmailId;
use crate::email::Email;
use crate::secret::Token;
use crate::{AccountId, Tx};
use db::schema::{accounts, email_changes, emails};
use db::{Conn, Error, Result, Timestamp};
use diesel::prelude::*;

/// A change as its links find it.
pub(super) struct Change {
    pub id: EmailChangeId,
    pub account_id: AccountId,
    pub old_address: String,
    pub new_address: String,
    pub created_at: Timestamp,
}

type Row = (EmailChangeId, AccountId, String, String, Timestamp);

fn change_of((id, account_id, old_address, new_address, created_at): Row) -> Change {
    Change { id, account_id, old_address, new_address, created_at }
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    account: &AccountId,
    old_address: &str,
    new: &Email,
    token: &Token,
    expires_at: Timestamp,
) -> Result<()> {
    diesel::insert_into(email_changes::table)
        .values((
            email_changes::id.eq(EmailChangeId::new(tx.now)),
            email_changes::account_id.eq(account),
            email_changes::old_address.eq(old_address),
            email_changes::new_address.eq(new.address()),
            email_changes::new_normalized.eq(new.normalized()),
            email_changes::confirm_hash.eq(token.hash()),
            email_changes::confirm_expires_at.eq(expires_at),
            email_changes::created_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Notes a change that needs no confirmation, with its undo link. Nobody knows the link that would confirm it.
pub(super) fn insert_done(
    tx: &mut Tx<'_>,
    account: &AccountId,
    old_address: &str,
    new: &Email,
    undo: &Token,
    undo_expires_at: Timestamp,
) -> Result<()> {
    diesel::insert_into(email_changes::table)
        .values((
            email_changes::id.eq(EmailChangeId::new(tx.now)),
            email_changes::account_id.eq(account),
            email_changes::old_address.eq(old_address),
            email_changes::new_address.eq(new.address()),
            email_changes::new_normalized.eq(new.normalized()),
            email_changes::confirm_hash.eq(Token::generate().hash()),
            email_changes::confirm_expires_at.eq(tx.now),
            email_changes::confirmed_at.eq(tx.now),
            email_changes::undo_hash.eq(undo.hash()),
            email_changes::undo_expires_at.eq(undo_expires_at),
            email_changes::created_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The change that the account waits to confirm.
pub(super) fn pending(conn: &mut Conn, account: &AccountId, now: Timestamp) -> Result<Option<PendingChange>> {
    let open = email_changes::account_id
        .eq(account)
        .and(email_changes::confirmed_at.is_null())
        .and(email_changes::cancelled_at.is_null())
        .and(email_changes::confirm_expires_at.gt(now));
    let found: Option<(AccountId, String)> = email_changes::table
        .filter(open)
        .order(email_changes::id.desc())
        .select((email_changes::account_id, email_changes::new_address))
        .first(conn)
        .optional()?;
    Ok(found.map(|(account_id, new_address)| PendingChange { account_id, new_address }))
}

/// Gives up the changes that wait for confirmation. Returns how many there were.
pub(super) fn cancel_pending(tx: &mut Tx<'_>, account: &AccountId) -> Result<usize> {
    let open = email_changes::account_id
        .eq(account)
        .and(email_changes::confirmed_at.is_null())
        .and(email_changes::cancelled_at.is_null());
    let cancelled = email_changes::cancelled_at.eq(tx.now);
    Ok(diesel::update(email_changes::table.filter(open)).set(cancelled).execute(tx.conn)?)
}

/// What a confirmation link is about, while it lives and its account is active.
pub(super) fn to_confirm(conn: &mut Conn, hash: &[u8], now: Timestamp) -> Result<Option<PendingChange>> {
    let found: Option<(AccountId, String)> = email_changes::table
        .inner_join(accounts::table.on(accounts::id.eq(email_changes::account_id)))
        .filter(email_changes::confirm_hash.eq(hash).and(email_changes::confirm_expires_at.gt(now)))
        .filter(email_changes::confirmed_at.is_null().and(email_changes::cancelled_at.is_null()))
        .filter(accounts::status.eq("active"))
        .select((email_changes::account_id, email_changes::new_address))
        .first(conn)
        .optional()?;
    Ok(found.map(|(account_id, new_address)| PendingChange { account_id, new_address }))
}

/// Spends a confirmation link of this account, and notes the undo link: of many who try, one gets the change.
pub(super) fn confirm(
    tx: &mut Tx<'_>,
    account: &AccountId,
    hash: &[u8],
    undo: &Token,
    undo_expires_at: Timestamp,
) -> Result<Option<Change>> {
    let open = email_changes::confirm_hash
        .eq(hash)
        .and(email_changes::account_id.eq(account))
        .and(email_changes::confirm_expires_at.gt(tx.now))
        .and(email_changes::confirmed_at.is_null())
        .and(email_changes::cancelled_at.is_null());
    let row: Option<Row> = diesel::update(email_changes::table.filter(open))
        .set((
            email_changes::confirmed_at.eq(tx.now),
            email_changes::undo_hash.eq(undo.hash()),
            email_changes::undo_expires_at.eq(undo_expires_at),
        ))
        .returning((
            email_changes::id,
            email_changes::account_id,
            email_changes::old_address,
            email_changes::new_address,
            email_changes::created_at,
        ))
        .get_result(tx.conn)
        .optional()?;
    Ok(row.map(change_of))
}

/// Takes a confirmation back that could not be carried out: neither link works from then on.
pub(super) fn give_up(tx: &mut Tx<'_>, change: &EmailChangeId) -> Result<()> {
    diesel::update(email_changes::table.find(change))
        .set((
            email_changes::cancelled_at.eq(tx.now),
            email_changes::undo_hash.eq(None::<Vec<u8>>),
            email_changes::undo_expires_at.eq(None::<Timestamp>),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// What an undo link would restore, while it lives: the old address.
pub(super) fn to_undo(conn: &mut Conn, hash: &[u8], now: Timestamp) -> Result<Option<String>> {
    Ok(email_changes::table
        .inner_join(accounts::table.on(accounts::id.eq(email_changes::account_id)))
        .filter(email_changes::undo_hash.eq(hash).and(email_changes::undo_expires_at.gt(now)))
        .filter(email_changes::undone_at.is_null().and(accounts::status.eq("active")))
        .select(email_changes::old_address)
        .first(conn)
        .optional()?)
}

/// Spends an undo link.
pub(super) fn undo(tx: &mut Tx<'_>, hash: &[u8]) -> Result<Option<Change>> {
    let open = email_changes::undo_hash
        .eq(hash)
        .and(email_changes::undo_expires_at.gt(tx.now))
        .and(email_changes::undone_at.is_null());
    let row: Option<Row> = diesel::update(email_changes::table.filter(open))
        .set(email_changes::undone_at.eq(tx.now))
        .returning((
            email_changes::id,
            email_changes::account_id,
            email_changes::old_address,
            email_changes::new_address,
            email_changes::created_at,
        ))
        .get_result(tx.conn)
        .optional()?;
    Ok(row.map(change_of))
}

/// Makes the undo links of changes void that were made after this one: they went to addresses that the owner just
/// disowned.
pub(super) fn void_later_undo_links(tx: &mut Tx<'_>, change: &Change) -> Result<()> {
    let later = email_changes::account_id
        .eq(&change.account_id)
        .and(email_changes::created_at.ge(change.created_at))
        .and(email_changes::id.ne(&change.id))
        .and(email_changes::undone_at.is_null());
    diesel::update(email_changes::table.filter(later)).set(email_changes::undone_at.eq(tx.now)).execute(tx.conn)?;
    Ok(())
}

/// The account that an address belongs to.
pub(super) fn holder(conn: &mut Conn, address: &Email) -> Result<Option<AccountId>> {
    let held = emails::table.filter(emails::normalized.eq(address.normalized()));
    Ok(held.select(emails::account_id).first(conn).optional()?)
}

/// Gives the account another address, known to be theirs. Returns whether the account has an address to replace.
pub(super) fn replace_primary(tx: &mut Tx<'_>, account: &AccountId, address: &Email) -> Result<bool> {
    let primary = emails::account_id.eq(account).and(emails::is_primary.eq(true));
    let changed = diesel::update(emails::table.filter(primary))
        .set((
            emails::address.eq(address.address()),
            emails::normalized.eq(address.normalized()),
            emails::verified_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    diesel::update(accounts::table.find(account)).set(accounts::updated_at.eq(tx.now)).execute(tx.conn)?;
    Ok(changed == 1)
}

/// Whether the account has the address beside its primary one.
pub(super) fn has_beside(conn: &mut Conn, account: &AccountId, address: &Email) -> Result<bool> {
    let beside = emails::table
        .filter(emails::account_id.eq(account).and(emails::is_primary.eq(false)))
        .filter(emails::normalized.eq(address.normalized()));
    Ok(beside.count().get_result::<i64>(conn)? > 0)
}

/// Makes one of the account's addresses the primary one. The one before stays beside it.
pub(super) fn promote(tx: &mut Tx<'_>, account: &AccountId, address: &Email) -> Result<()> {
    step_down(tx, account)?;
    let theirs = emails::account_id.eq(account).and(emails::normalized.eq(address.normalized()));
    let promoted = diesel::update(emails::table.filter(theirs)).set(emails::is_primary.eq(true)).execute(tx.conn)?;
    if promoted != 1 {
        return Err(Error::Corrupt(format!("the account {account} has no address to make primary")));
    }
    diesel::update(accounts::table.find(account)).set(accounts::updated_at.eq(tx.now)).execute(tx.conn)?;
    Ok(())
}

fn step_down(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    let primary = emails::account_id.eq(account).and(emails::is_primary.eq(true));
    diesel::update(emails::table.filter(primary)).set(emails::is_primary.eq(false)).execute(tx.conn)?;
    Ok(())
}

/// Makes an address that the account had the primary one again, as it was written then, whether it is still there or
/// not.
pub(super) fn restore_primary(tx: &mut Tx<'_>, account: &AccountId, address: &Email) -> Result<()> {
    step_down(tx, account)?;
    let theirs = emails::account_id.eq(account).and(emails::normalized.eq(address.normalized()));
    let there = diesel::update(emails::table.filter(theirs))
        .set((emails::is_primary.eq(true), emails::address.eq(address.address())))
        .execute(tx.conn)?;
    if there == 0 {
        let row = (
            emails::id.eq(EmailId::new(tx.now)),
            emails::account_id.eq(account),
            emails::address.eq(address.address()),
            emails::normalized.eq(address.normalized()),
            emails::is_primary.eq(true),
            emails::verified_at.eq(tx.now),
            emails::created_at.eq(tx.now),
        );
        diesel::insert_into(emails::table).values(row).execute(tx.conn)?;
    }
    diesel::update(accounts::table.find(account)).set(accounts::updated_at.eq(tx.now)).execute(tx.conn)?;
    Ok(())
}

/// Removes the addresses beside the primary one that were confirmed since an instant.
pub(super) fn delete_added_since(tx: &mut Tx<'_>, account: &AccountId, since: Timestamp) -> Result<()> {
    let added = emails::account_id.eq(account).and(emails::is_primary.eq(false)).and(emails::verified_at.gt(since));
    diesel::delete(emails::table.filter(added.assume_not_null())).execute(tx.conn)?;
    Ok(())
}

/// Removes an address.
pub(super) fn delete(tx: &mut Tx<'_>, email: &EmailId) -> Result<()> {
    diesel::delete(emails::table.find(email)).execute(tx.conn)?;
    Ok(())
}
