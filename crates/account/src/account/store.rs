//! The tables `accounts` and `emails`.

use super::{Account, AccountStatus, AvatarId, Claims, EmailId, NewAccount, PrimaryEmail};
use crate::email::Email;
use crate::{AccountId, Tx};
use db::schema::{accounts, emails};
use db::{Conn, Error, Result, Timestamp};
use diesel::prelude::*;

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
struct AccountRow {
    id: AccountId,
    status: String,
    name: String,
    operator: bool,
    avatar_id: Option<AvatarId>,
    claims: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    deactivated_at: Option<Timestamp>,
    deactivation_reason: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = emails)]
struct EmailRow {
    id: EmailId,
    address: String,
    normalized: String,
    verified_at: Option<Timestamp>,
}

impl From<EmailRow> for PrimaryEmail {
    fn from(row: EmailRow) -> Self {
        Self { id: row.id, address: row.address, normalized: row.normalized, verified_at: row.verified_at }
    }
}

fn account_of((row, email): (AccountRow, EmailRow)) -> Result<Account> {
    let status = AccountStatus::parse(&row.status).ok_or_else(|| Error::Corrupt(format!("status {}", row.status)))?;
    Ok(Account {
        id: row.id,
        status,
        name: row.name,
        operator: row.operator,
        avatar_id: row.avatar_id,
        claims: Claims::read(&row.claims).map_err(|e| Error::Corrupt(e.to_string()))?,
        created_at: row.created_at,
        updated_at: row.updated_at,
        deactivated_at: row.deactivated_at,
        deactivation_reason: row.deactivation_reason,
        email: email.into(),
    })
}

/// The account of this id.
pub fn find(conn: &mut Conn, id: &AccountId) -> Result<Option<Account>> {
    let row = accounts::table
        .inner_join(emails::table.on(emails::account_id.eq(accounts::id)))
        .filter(accounts::id.eq(id).and(emails::is_primary.eq(true)))
        .select((AccountRow::as_select(), EmailRow::as_select()))
        .first(conn)
        .optional()?;
    row.map(account_of).transpose()
}

/// The account that an address belongs to, whatever its status. An address that is not the primary one counts once it
/// is confirmed.
pub fn find_by_email(conn: &mut Conn, email: &Email) -> Result<Option<Account>> {
    Ok(find_holder(conn, email)?.map(|(account, _)| account))
}

/// [`find_by_email`], with the address as its owner wrote it.
pub fn find_holder(conn: &mut Conn, email: &Email) -> Result<Option<(Account, String)>> {
    let held = diesel::alias!(emails as held);
    let theirs = held.field(emails::is_primary).eq(true).or(held.field(emails::verified_at).is_not_null());
    let row: Option<(AccountRow, EmailRow, String)> = accounts::table
        .inner_join(emails::table.on(emails::account_id.eq(accounts::id).and(emails::is_primary.eq(true))))
        .inner_join(held.on(held.field(emails::account_id).eq(accounts::id)))
        .filter(held.field(emails::normalized).eq(email.normalized()).and(theirs))
        .select((AccountRow::as_select(), EmailRow::as_select(), held.field(emails::address)))
        .first(conn)
        .optional()?;
    row.map(|(account, primary, address)| Ok((account_of((account, primary))?, address))).transpose()
}

/// The primary address of an account.
pub fn primary_email(conn: &mut Conn, id: &AccountId) -> Result<Option<PrimaryEmail>> {
    let row: Option<EmailRow> = emails::table
        .filter(emails::account_id.eq(id).and(emails::is_primary.eq(true)))
        .select(EmailRow::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Into::into))
}

/// Every address of an account that is known to be theirs, the primary one first.
pub fn verified_addresses(conn: &mut Conn, id: &AccountId) -> Result<Vec<String>> {
    let verified = emails::account_id.eq(id).and(emails::verified_at.is_not_null());
    let query = emails::table.filter(verified).order((emails::is_primary.desc(), emails::id.asc()));
    Ok(query.select(emails::address).load(conn)?)
}

/// Makes an account. Returns `None` when an account has the address already (an unverified one too).
pub fn create(tx: &mut Tx<'_>, new: &NewAccount) -> Result<Option<Account>> {
    let taken = emails::table.filter(emails::normalized.eq(new.email.normalized()));
    if taken.count().get_result::<i64>(tx.conn)? != 0 {
        return Ok(None);
    }
    let status = if new.verified { AccountStatus::Active } else { AccountStatus::Unverified };
    let account = Account {
        id: AccountId::new(tx.now),
        status,
        name: new.name.as_str().to_owned(),
        operator: new.operator,
        avatar_id: None,
        claims: new.claims.clone(),
        created_at: tx.now,
        updated_at: tx.now,
        deactivated_at: None,
        deactivation_reason: None,
        email: PrimaryEmail {
            id: EmailId::new(tx.now),
            address: new.email.address().to_owned(),
            normalized: new.email.normalized().to_owned(),
            verified_at: new.verified.then_some(tx.now),
        },
    };
    insert(tx, &account)?;
    Ok(Some(account))
}

fn insert(tx: &mut Tx<'_>, account: &Account) -> Result<()> {
    diesel::insert_into(accounts::table)
        .values((
            accounts::id.eq(&account.id),
            accounts::status.eq(account.status.as_str()),
            accounts::name.eq(&account.name),
            accounts::operator.eq(account.operator),
            accounts::claims.eq(account.claims.to_text()),
            accounts::created_at.eq(account.created_at),
            accounts::updated_at.eq(account.updated_at),
        ))
        .execute(tx.conn)?;
    diesel::insert_into(emails::table)
        .values((
            emails::id.eq(&account.email.id),
            emails::account_id.eq(&account.id),
            emails::address.eq(&account.email.address),
            emails::normalized.eq(&account.email.normalized),
            emails::is_primary.eq(true),
            emails::verified_at.eq(account.email.verified_at),
            emails::created_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Moves an account from one status to another; `reason` is kept with a deactivation. Returns whether it was in
/// `from`: of two who try, one succeeds.
pub fn set_status(
    tx: &mut Tx<'_>,
    id: &AccountId,
    from: AccountStatus,
    to: AccountStatus,
    reason: Option<&str>,
) -> Result<bool> {
    let deactivated = to == AccountStatus::Deactivated;
    let changed = diesel::update(accounts::table.find(id).filter(accounts::status.eq(from.as_str())))
        .set((
            accounts::status.eq(to.as_str()),
            accounts::deactivated_at.eq(deactivated.then_some(tx.now)),
            accounts::deactivation_reason.eq(reason.filter(|_| deactivated)),
            accounts::updated_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(changed == 1)
}

/// Notes that an address is known to be theirs. Returns whether it was not before.
pub fn mark_verified(tx: &mut Tx<'_>, email: &EmailId) -> Result<bool> {
    let changed = diesel::update(emails::table.find(email).filter(emails::verified_at.is_null()))
        .set(emails::verified_at.eq(tx.now))
        .execute(tx.conn)?;
    Ok(changed == 1)
}

/// Removes an account that was never verified, with all that hangs on it. Returns whether there was one.
pub fn delete_unverified(tx: &mut Tx<'_>, id: &AccountId) -> Result<bool> {
    let unverified = accounts::status.eq(AccountStatus::Unverified.as_str());
    Ok(diesel::delete(accounts::table.find(id).filter(unverified)).execute(tx.conn)? == 1)
}
