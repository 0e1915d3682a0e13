//! The table `recoveries`.

use super::{LinkOwner, RecoveryId};
use crate::secret::Token;
use crate::{AccountId, Tx};
use db::schema::{accounts, emails, recoveries};
use db::{Conn, Result, Timestamp};
use diesel::prelude::*;

pub(super) fn insert(
    tx: &mut Tx<'_>,
    account: &AccountId,
    token: &Token,
    return_to: Option<&str>,
    expires_at: Timestamp,
) -> Result<()> {
    diesel::insert_into(recoveries::table)
        .values((
            recoveries::id.eq(RecoveryId::new(tx.now)),
            recoveries::account_id.eq(account),
            recoveries::token_hash.eq(token.hash()),
            recoveries::return_to.eq(return_to),
            recoveries::created_at.eq(tx.now),
            recoveries::expires_at.eq(expires_at),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The account that a living link belongs to, unless it is gone or was never confirmed. Whether it may be recovered, the
/// change itself decides.
pub(super) fn owner(conn: &mut Conn, token_hash: &[u8], now: Timestamp) -> Result<Option<LinkOwner>> {
    let found: Option<(AccountId, String, String)> = recoveries::table
        .inner_join(accounts::table.on(accounts::id.eq(recoveries::account_id)))
        .inner_join(emails::table.on(emails::account_id.eq(accounts::id)))
        .filter(recoveries::token_hash.eq(token_hash))
        .filter(recoveries::consumed_at.is_null().and(recoveries::expires_at.gt(now)))
        .filter(accounts::status.eq_any(["active", "deactivated"]).and(emails::is_primary.eq(true)))
        .select((accounts::id, accounts::name, emails::address))
        .first(conn)
        .optional()?;
    Ok(found.map(|(account_id, name, email)| LinkOwner { account_id, name, email }))
}

/// Spends a link: of many who try, one gets the account and the destination.
pub(super) fn consume(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<Option<(AccountId, Option<String>)>> {
    let living = recoveries::token_hash
        .eq(token_hash)
        .and(recoveries::consumed_at.is_null())
        .and(recoveries::expires_at.gt(tx.now));
    Ok(diesel::update(recoveries::table.filter(living))
        .set(recoveries::consumed_at.eq(tx.now))
        .returning((recoveries::account_id, recoveries::return_to))
        .get_result(tx.conn)
        .optional()?)
}

/// Makes the account's other links void.
pub(super) fn void_all(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    let open = recoveries::account_id.eq(account).and(recoveries::consumed_at.is_null());
    diesel::update(recoveries::table.filter(open)).set(recoveries::consumed_at.eq(tx.now)).execute(tx.conn)?;
    Ok(())
}
