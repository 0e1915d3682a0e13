//! Who sees which field of a profile. Kept with the account, and obeyed wherever claims are made: what is hidden is in
//! no ID token and in no answer of userinfo, whatever a client asks for and was allowed.

mod model;
mod store;
#[cfg(test)]
mod tests;

pub use model::{Asker, Field, Level, Visibility};
pub use store::of;

use crate::audit::{self, Target};
use crate::{AccountId, Tx};
use db::Result;
use serde_json::json;

/// Gives fields the levels that their owner chose; those that are not named stay as they are. Returns the names of those
/// that differ from before.
pub fn change(tx: &mut Tx<'_>, account: &AccountId, chosen: &[(Field, Level)]) -> Result<Vec<&'static str>> {
    let Some(before) = store::of(tx.conn, account)? else { return Ok(Vec::new()) };
    let mut after = before.clone();
    chosen.iter().for_each(|(field, level)| after.set(*field, *level));
    let differs = |field: &Field| before.level(*field) != after.level(*field);
    let changed: Vec<&'static str> = Field::ALL.into_iter().filter(differs).map(Field::as_str).collect();
    if !changed.is_empty() {
        store::save(tx, account, &after)?;
        audit::record(tx, "visibility.changed", Target::account(account), json!({ "fields": changed }))?;
    }
    Ok(changed)
}
