//! New recovery codes on demand.

use super::{is_on, notify};
use crate::audit::{self, Target};
use crate::credential::recovery_code::{self, RecoveryCode, SET};
use crate::mail::{Circumstances, Mail};
use crate::{AccountId, Tx};
use db::Result;
use serde_json::json;

/// Ten new codes, to be shown now and never again; those before are void. `None`: the account has no second step that
/// they would stand in for.
pub fn make_codes(tx: &mut Tx<'_>, account: &AccountId) -> Result<Option<[RecoveryCode; SET]>> {
    if !is_on(tx.conn, account)? {
        return Ok(None);
    }
    let codes = recovery_code::make_new(tx, account)?;
    audit::record(tx, "recovery_codes.made", Target::account(account), json!({}))?;
    notify(tx, account, &Mail::RecoveryCodesMade { circumstances: Circumstances::of(tx) })?;
    Ok(Some(codes))
}
