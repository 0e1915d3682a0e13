//! The tables `grants` and `consents`, as far as an account's own tokens and permissions are taken back.

use crate::{AccountId, Tx};
use db::Result;
use db::schema::{consents, grants};
use diesel::prelude::*;

pub(super) fn revoke_grants(tx: &mut Tx<'_>, account: &AccountId, only_offline: bool) -> Result<usize> {
    let alive = grants::table.filter(grants::account_id.eq(account).and(grants::revoked_at.is_null()));
    let revoked = grants::revoked_at.eq(tx.now);
    Ok(if only_offline {
        diesel::update(alive.filter(grants::offline.eq(true))).set(revoked).execute(tx.conn)?
    } else {
        diesel::update(alive).set(revoked).execute(tx.conn)?
    })
}

pub(super) fn forget_consents(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    diesel::delete(consents::table.filter(consents::account_id.eq(account))).execute(tx.conn)?;
    Ok(())
}
