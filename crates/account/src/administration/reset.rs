//! Removing the second steps of somebody who has lost them.

use super::Refused;
use crate::audit::{self, Target};
use crate::mail::Mail;
use crate::{AccountId, ActorKind, Tx, account, protection, second_step_reset};
use db::Result;
use serde_json::json;

/// Removes every second step of an account, after its owner convinced an operator who they are. The password stays what
/// it is, log-ins go on, and every verified address is told. `reason` is for operators, at most
/// [`super::LONGEST_REASON`] characters.
pub fn reset_second_steps(tx: &mut Tx<'_>, id: &AccountId, reason: &str) -> Result<std::result::Result<(), Refused>> {
    if tx.actor.kind == ActorKind::Account(id.clone()) {
        return Ok(Err(Refused::Yourself));
    }
    if account::find(tx.conn, id)?.is_none() {
        return Ok(Err(Refused::NotFound));
    }
    if !protection::is_on(tx.conn, id)? {
        return Ok(Err(Refused::NotInThatState));
    }
    protection::remove_everything(tx, id)?;
    second_step_reset::give_up(tx, id)?;
    audit::record(tx, "second_steps.reset", Target::account(id), json!({ "by": "operator", "reason": reason }))?;
    second_step_reset::tell_everywhere(tx, id, &Mail::SecondStepsReset { by_operator: true, at: tx.now })?;
    Ok(Ok(()))
}
