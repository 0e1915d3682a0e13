//! Exports: everything that is held about a person, as a ZIP file for that person.
//!
//! [`ask`] writes a row and wakes the worker after the commit. [`make`] is that worker: any node may run it. It takes a
//! row by a conditional update that carries a lease, gathers part after part, noting each, and keeps the file sealed in
//! the row. A node that dies leaves a lease that ends: another begins anew. Its owner fetches the file by [`open`] as
//! long as it is kept, or throws it away earlier.

mod archive;
mod contents;
mod store;
#[cfg(test)]
mod tests;
mod worker;

pub use contents::PARTS;
pub use store::latest;
pub(crate) use store::remove_expired;
pub use worker::{make, make_due};

use crate::audit::{self, Target};
use crate::secret::InstallationKey;
use crate::{AccountId, Timestamp, Tx};
use db::{Error, Result};
use serde_json::json;
use zeroize::Zeroizing;

db::id!(
    /// An export's id.
    ExportId
);

/// How long an export is kept, in seconds.
pub const KEPT_SECONDS: i64 = 7 * 24 * 3600;
/// How many an account may ask for in a day, whatever became of them.
pub const A_DAY: i64 = 3;
const DAY_SECONDS: i64 = 24 * 3600;

/// An export, without what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Its id.
    pub id: ExportId,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// How far it is.
    pub state: State,
}

/// How far an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waiting, or being made; so many of [`PARTS`] are gathered.
    Working(i64),
    /// To be fetched.
    Ready {
        /// Bytes of the file.
        bytes: i64,
        /// Until when it is kept.
        until: Timestamp,
    },
    /// Given up after several tries.
    Failed,
}

/// What asking for an export led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It is being made.
    Begun,
    /// One is being made already.
    AlreadyWorking,
    /// So many were asked for that the next may be after so many seconds.
    Wait(i64),
}

/// Asks for an export: one at a time, and [`A_DAY`] at most. The caller has made sure that it is the account's owner.
pub fn ask(tx: &mut Tx<'_>, account: &AccountId) -> Result<Asked> {
    let day_ago = tx.now.plus_seconds(-DAY_SECONDS);
    let recent = store::since(tx.conn, account, day_ago)?;
    if recent.iter().any(|export| matches!(export.state, State::Working(_))) {
        return Ok(Asked::AlreadyWorking);
    }
    if recent.len() >= usize::try_from(A_DAY).unwrap_or(usize::MAX)
        && let Some(oldest) = recent.last()
    {
        let seconds = i64::try_from(oldest.created_at.since(day_ago).as_secs()).unwrap_or(DAY_SECONDS);
        return Ok(Asked::Wait(seconds.max(1)));
    }
    let id = ExportId::new(tx.now);
    store::discard_all(tx, account)?;
    store::insert(tx, &id, account)?;
    audit::record(tx, "export.requested", Target::account(account), json!({}))?;
    tx.exports_queued = true;
    Ok(Asked::Begun)
}

/// The file of an export of this account, while it is kept; noted in the account's activity.
///
/// `None`: there is none of this id, it is another account's, or it is not kept any more.
pub fn open(
    tx: &mut Tx<'_>,
    key: &InstallationKey,
    account: &AccountId,
    id: &ExportId,
) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let Some(sealed) = store::sealed(tx.conn, account, id, tx.now)? else { return Ok(None) };
    let opened = key.open(&place(id), &sealed).ok_or_else(|| Error::Corrupt(format!("the export {id}")))?;
    audit::record(tx, "export.fetched", Target::account(account), json!({}))?;
    Ok(Some(opened))
}

/// Throws away an export of this account, made or being made. Returns whether there was something.
pub fn discard(tx: &mut Tx<'_>, account: &AccountId, id: &ExportId) -> Result<bool> {
    let discarded = store::discard(tx, account, id)?;
    if discarded {
        audit::record(tx, "export.discarded", Target::account(account), json!({}))?;
    }
    Ok(discarded)
}

/// Where the file is sealed for: it opens in no other row.
fn place(id: &ExportId) -> String {
    format!("exports/sealed_archive/{id}")
}
