//! Making links.

use super::{InvitationId, store};
use crate::Tx;
use crate::audit::{self, Target};
use crate::email::Email;
use crate::secret::Token;
use db::Result;
use serde_json::json;

/// Seconds for which the link of `admin invite` works: 7 days.
pub const INVITATION_SECONDS: i64 = 7 * 24 * 3600;
/// Seconds for which a set-up link works: 24 hours. The next start prints another.
pub const SET_UP_SECONDS: i64 = 24 * 3600;

/// Invites the owner of an address to be an operator. An earlier link for the same address becomes void.
///
/// The caller makes `token`, so that a transaction that runs again leaves one link.
pub fn invite(tx: &mut Tx<'_>, token: &Token, email: &Email) -> Result<InvitationId> {
    store::void_of(tx, Some(email.normalized()))?;
    let id = store::insert(tx, token, Some(email.normalized()), INVITATION_SECONDS)?;
    audit::record(tx, "operator.invited", Target::invitation(&id), json!({}))?;
    Ok(id)
}

/// Makes the set-up link while there is no operator; an earlier one becomes void. Returns whether `token` is one now.
pub fn set_up(tx: &mut Tx<'_>, token: &Token) -> Result<bool> {
    if store::operators_exist(tx.conn)? {
        return Ok(false);
    }
    store::void_of(tx, None)?;
    store::insert(tx, token, None, SET_UP_SECONDS)?;
    Ok(true)
}
