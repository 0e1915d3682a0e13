//! The table `invitations`, and the flag on accounts.

use super::{Invitation, InvitationId, Invited, Ticket};
use crate::account::{self, AccountStatus};
use crate::email::Email;
use crate::secret::Token;
use crate::{AccountId, Tx};
use db::schema::{accounts, invitations};
use db::{Conn, Result, Timestamp};
use diesel::dsl::exists;
use diesel::prelude::*;

pub(super) fn insert(tx: &mut Tx<'_>, token: &Token, email: Option<&str>, seconds: i64) -> Result<InvitationId> {
    let id = InvitationId::new(tx.now);
    diesel::insert_into(invitations::table)
        .values((
            invitations::id.eq(&id),
            invitations::email.eq(email),
            invitations::token_hash.eq(token.hash()),
            invitations::created_at.eq(tx.now),
            invitations::expires_at.eq(tx.now.plus_seconds(seconds)),
        ))
        .execute(tx.conn)?;
    Ok(id)
}

/// Makes the unspent links of an address void; `None`: the set-up link.
pub(super) fn void_of(tx: &mut Tx<'_>, email: Option<&str>) -> Result<()> {
    let unspent = invitations::consumed_at.is_null().and(invitations::expires_at.gt(tx.now));
    match email {
        Some(email) => diesel::update(invitations::table.filter(unspent).filter(invitations::email.eq(email)))
            .set(invitations::expires_at.eq(tx.now))
            .execute(tx.conn)?,
        None => diesel::update(invitations::table.filter(unspent).filter(invitations::email.is_null()))
            .set(invitations::expires_at.eq(tx.now))
            .execute(tx.conn)?,
    };
    Ok(())
}

/// The invitation that a ticket stands for, while it can be accepted. A set-up link ends with the first operator.
pub fn find(conn: &mut Conn, ticket: &Ticket, now: Timestamp) -> Result<Option<Invitation>> {
    let alive = invitations::table
        .filter(invitations::consumed_at.is_null().and(invitations::expires_at.gt(now)))
        .order(invitations::id.desc())
        .select((invitations::id, invitations::email, invitations::expires_at));
    let row: Option<(InvitationId, Option<String>, Timestamp)> = match ticket {
        Ticket::Link(token) => alive.filter(invitations::token_hash.eq(token.hash())).first(conn).optional()?,
        Ticket::Browser(hash) => alive.filter(invitations::browser_hash.eq(hash)).first(conn).optional()?,
    };
    match row {
        Some((_, None, _)) if operators_exist(conn)? => Ok(None),
        Some((id, email, expires_at)) => Ok(Some(Invitation { id, email, expires_at })),
        None => Ok(None),
    }
}

/// Who has this address.
pub fn holder_of(conn: &mut Conn, email: &Email) -> Result<Invited> {
    Ok(match account::find_by_email(conn, email)? {
        Some(account) => match account.status {
            AccountStatus::Active => Invited::Account(account.id),
            AccountStatus::Unverified => Invited::Nobody,
            AccountStatus::Deactivated | AccountStatus::Deleted => Invited::Deactivated,
        },
        None => Invited::Nobody,
    })
}

pub(super) fn is_active(conn: &mut Conn, account: &AccountId) -> Result<bool> {
    let active = accounts::table.filter(accounts::id.eq(account).and(accounts::status.eq("active")));
    Ok(diesel::select(exists(active)).get_result(conn)?)
}

pub(super) fn bind(tx: &mut Tx<'_>, invitation: &InvitationId, browser_hash: &[u8]) -> Result<bool> {
    let unspent = invitations::table.find(invitation).filter(invitations::consumed_at.is_null());
    let bound = diesel::update(unspent).set(invitations::browser_hash.eq(browser_hash)).execute(tx.conn)?;
    Ok(bound == 1)
}

/// Spends an invitation; the row count is the verdict of a race.
pub(super) fn spend(tx: &mut Tx<'_>, invitation: &InvitationId) -> Result<bool> {
    let unspent = invitations::consumed_at.is_null().and(invitations::expires_at.gt(tx.now));
    let spent = diesel::update(invitations::table.find(invitation).filter(unspent))
        .set(invitations::consumed_at.eq(tx.now))
        .execute(tx.conn)?;
    Ok(spent == 1)
}

pub(super) fn make_operator(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    diesel::update(accounts::table.find(account))
        .set((accounts::operator.eq(true), accounts::updated_at.eq(tx.now)))
        .execute(tx.conn)?;
    Ok(())
}

/// Whether any account is an operator.
pub(super) fn operators_exist(conn: &mut Conn) -> Result<bool> {
    Ok(diesel::select(exists(accounts::table.filter(accounts::operator.eq(true)))).get_result(conn)?)
}
