//! A new password by who knows the old one.

use super::password::{self, Phc};
use super::reconfirm::Proof;
use crate::audit::{self, Target};
use crate::mail::{Circumstances, Mail};
use crate::session::SessionId;
use crate::{Tx, account, outbox, recovery, revocation};
use db::Result;
use serde_json::json;

/// Changes the password that `proof` was given for. Log-ins in other sessions than `keep` end, grants that outlive
/// their log-in are revoked, recovery links stop working, and the owner is told by mail, at every address.
///
/// Returns `false` when the password was changed in between, or the account is not active any more.
pub fn change_password(tx: &mut Tx<'_>, proof: &Proof, new: &Phc, keep: &SessionId) -> Result<bool> {
    let id = proof.account();
    if !account::find(tx.conn, id)?.is_some_and(|account| account.is_active()) {
        return Ok(false);
    }
    if !proof.still_holds(tx)? || !password::replace_if_unchanged(tx, id, proof.phc(), new)? {
        return Ok(false);
    }
    revocation::everything_elsewhere(tx, id, keep)?;
    recovery::void_links(tx, id)?;
    audit::record(tx, "password.changed", Target::account(id), json!({}))?;
    let mail = Mail::PasswordChanged { circumstances: Circumstances::of(tx) };
    outbox::notify(tx, id, &mail)?;
    Ok(true)
}
