//! What is held about a person, table by table: what of it an export tells them, and what becomes of it when their
//! account is erased. A list, so that nothing is forgotten: a test compares it with the tables that there are.

mod list;
mod model;
mod store;
#[cfg(test)]
mod tests;

pub use list::{HOLDINGS, NOT_ABOUT_PEOPLE};
pub use model::{Erased, Holding, Kind, Told};

use crate::{AccountId, Tx};
use db::{Conn, Result};
use serde_json::{Map, Value};

/// What a table tells about an account, row by row; empty for one that tells nothing.
pub fn told(conn: &mut Conn, holding: &Holding, account: &AccountId) -> Result<Vec<Map<String, Value>>> {
    store::told(conn, holding, account)
}

/// Erases what is held about an account, in one transaction with whatever else `tx` does. What other tables hang on goes
/// last, so the list is walked from its end.
pub(crate) fn erase(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    HOLDINGS.iter().rev().try_for_each(|holding| store::erase(tx, holding, account))
}
