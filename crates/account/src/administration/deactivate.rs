//! Closing an account and opening it again.

use super::store;
use crate::account::{self, AccountStatus};
use crate::audit::{self, Target};
use crate::mail::{Circumstances, Mail};
use crate::secret::InstallationKey;
use crate::{AccountId, ActorKind, Tx, api_token, closure, outbox, revocation, session};
use db::Result;
use serde_json::json;

/// The longest reason, in characters.
pub const LONGEST_REASON: usize = 500;

/// Why an account was left as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// There is no account of this id.
    NotFound,
    /// It is not in the state that the change starts from; somebody else may have been faster.
    NotInThatState,
    /// Operators cannot deactivate themselves.
    Yourself,
    /// Nobody would be left to run the installation.
    LastOperator,
}

/// Deactivates an account: its sessions end, all that products got on its behalf is revoked, its owner is told by
/// mail. `reason` is for operators, at most [`LONGEST_REASON`] characters.
pub fn deactivate(
    tx: &mut Tx<'_>,
    key: &InstallationKey,
    id: &AccountId,
    reason: &str,
) -> Result<std::result::Result<(), Refused>> {
    if tx.actor.kind == ActorKind::Account(id.clone()) {
        return Ok(Err(Refused::Yourself));
    }
    let Some(found) = account::find(tx.conn, id)? else { return Ok(Err(Refused::NotFound)) };
    if found.is_active() && found.operator && store::active_operators(tx.conn)? < 2 {
        return Ok(Err(Refused::LastOperator));
    }
    if !account::set_status(tx, id, AccountStatus::Active, AccountStatus::Deactivated, Some(reason))? {
        return Ok(Err(Refused::NotInThatState));
    }
    let sessions = session::end_all(tx, id, None)?.len();
    let grants = revocation::grants(tx, id)?;
    let tokens = api_token::revoke_all(tx, id)?;
    let details = json!({
        "reason": reason, "sessions_ended": sessions, "grants_revoked": grants, "api_tokens_revoked": tokens,
    });
    audit::record(tx, "account.deactivated", Target::account(id), details)?;
    outbox::enqueue(tx, key, &found.email.address, Some(id), &Mail::AccountDeactivated { at: tx.now })?;
    Ok(Ok(()))
}

/// Opens a deactivated account again, and tells its owner by mail. Its sessions and tokens stay ended.
pub fn reactivate(tx: &mut Tx<'_>, key: &InstallationKey, id: &AccountId) -> Result<std::result::Result<(), Refused>> {
    let Some(found) = account::find(tx.conn, id)? else { return Ok(Err(Refused::NotFound)) };
    // Where its owner closed it, this is the owner's way back, gone on their behalf.
    if let Some(closure) = closure::take_back(tx, id)? {
        let wanted_deletion = closure.erase_at.is_some();
        let action = if wanted_deletion { "deletion.cancelled" } else { "account.reactivated" };
        audit::record(tx, action, Target::account(id), json!({ "on_behalf_of_the_owner": true }))?;
        let nobody = Circumstances { at: tx.now, address: None, browser: None };
        let mail = match wanted_deletion {
            true => Mail::DeletionCancelled { by_operator: true, circumstances: nobody },
            false => Mail::AccountReactivated { at: tx.now },
        };
        outbox::enqueue(tx, key, &found.email.address, Some(id), &mail)?;
        return Ok(Ok(()));
    }
    if !account::set_status(tx, id, AccountStatus::Deactivated, AccountStatus::Active, None)? {
        return Ok(Err(Refused::NotInThatState));
    }
    audit::record(tx, "account.reactivated", Target::account(id), json!({}))?;
    outbox::enqueue(tx, key, &found.email.address, Some(id), &Mail::AccountReactivated { at: tx.now })?;
    Ok(Ok(()))
}
