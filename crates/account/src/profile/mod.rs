//! What people say about themselves: display name, picture, and the standard claims of OpenID Connect Core §5.1.

pub mod avatar;
mod claims;
mod store;
#[cfg(test)]
mod tests;

pub use avatar::picture_url;
pub use claims::{ADDRESS_MEMBERS, Changes, Problem, TEXT_CLAIMS, time_zones};

use crate::account::DisplayName;
use crate::audit::{self, Target};
use crate::{AccountId, Tx};
use db::Result;
use serde_json::json;

/// Gives an account another display name. Returns whether it differs from the one before.
pub fn rename(tx: &mut Tx<'_>, account: &AccountId, name: &DisplayName) -> Result<bool> {
    let changed = store::rename(tx, account, name)?;
    if changed {
        audit::record(tx, "profile.changed", Target::account(account), json!({ "claims": ["name"] }))?;
    }
    Ok(changed)
}

/// Applies changes to the standard claims of an account; `updated_at` moves when one of them differs from before.
/// Returns the names of those that do.
pub fn change_claims(tx: &mut Tx<'_>, account: &AccountId, changes: &Changes) -> Result<Vec<String>> {
    let Some(mut claims) = store::claims(tx.conn, account)? else { return Ok(Vec::new()) };
    let changed = changes.apply(&mut claims);
    if !changed.is_empty() {
        store::save_claims(tx, account, &claims)?;
        audit::record(tx, "profile.changed", Target::account(account), json!({ "claims": changed }))?;
    }
    Ok(changed)
}
