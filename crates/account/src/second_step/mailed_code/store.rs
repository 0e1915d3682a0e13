//! The table `mailed_codes`.

use super::{MailedCodeId, TRIES};
use crate::{AccountId, Tx};
use db::schema::mailed_codes;
use db::{Conn, Result, Timestamp};
use diesel::prelude::*;

pub(super) fn insert(
    tx: &mut Tx<'_>,
    id: &MailedCodeId,
    account: &AccountId,
    bound_to: &[u8],
    mac: &[u8],
    expires_at: Timestamp,
) -> Result<()> {
    diesel::insert_into(mailed_codes::table)
        .values((
            mailed_codes::id.eq(id),
            mailed_codes::account_id.eq(account),
            mailed_codes::bound_to.eq(bound_to),
            mailed_codes::code_mac.eq(mac),
            mailed_codes::tries.eq(0_i64),
            mailed_codes::created_at.eq(tx.now),
            mailed_codes::expires_at.eq(expires_at),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The code that is good here, if there is one: its id, and what is kept of it.
pub(super) fn open(
    conn: &mut Conn,
    account: &AccountId,
    bound_to: &[u8],
    now: Timestamp,
) -> Result<Option<(MailedCodeId, Vec<u8>)>> {
    let open = mailed_codes::account_id
        .eq(account)
        .and(mailed_codes::bound_to.eq(bound_to))
        .and(mailed_codes::expires_at.gt(now))
        .and(mailed_codes::tries.lt(TRIES));
    Ok(mailed_codes::table
        .filter(open)
        .filter(mailed_codes::consumed_at.is_null())
        .order(mailed_codes::id.desc())
        .select((mailed_codes::id, mailed_codes::code_mac))
        .first(conn)
        .optional()?)
}

/// Spends one try. Returns whether there was one: of parallel guesses no more than five are compared.
pub(super) fn spend_try(tx: &mut Tx<'_>, id: &MailedCodeId) -> Result<bool> {
    let open = mailed_codes::tries.lt(TRIES).and(mailed_codes::expires_at.gt(tx.now));
    let changed = diesel::update(mailed_codes::table.find(id).filter(open))
        .set(mailed_codes::tries.eq(mailed_codes::tries + 1))
        .execute(tx.conn)?;
    Ok(changed == 1)
}

/// Consumes a code. Of two who try, one is told `true`.
pub(super) fn consume(tx: &mut Tx<'_>, id: &MailedCodeId) -> Result<bool> {
    let changed = diesel::update(mailed_codes::table.find(id).filter(mailed_codes::consumed_at.is_null()))
        .set(mailed_codes::consumed_at.eq(tx.now))
        .execute(tx.conn)?;
    Ok(changed == 1)
}

/// Makes the account's codes void.
pub(super) fn void_all(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    let open = mailed_codes::account_id.eq(account).and(mailed_codes::consumed_at.is_null());
    diesel::update(mailed_codes::table.filter(open)).set(mailed_codes::consumed_at.eq(tx.now)).execute(tx.conn)?;
    Ok(())
}
