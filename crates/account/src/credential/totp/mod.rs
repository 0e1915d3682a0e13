//! Authenticator apps: time-based one-time passwords (RFC 6238), SHA-1, six digits, thirty seconds, as every app
//! expects. An account may have several, each with a name.
//!
//! [`begin`] makes an app that waits for its first right code, [`confirm`] takes that code and lets it count, [`spend`]
//! takes one as the second step of a log-in. Each code is taken once, whichever node is asked, and no code that is
//! older than one that was taken (§5.2). Clocks may differ by one step either way.

mod model;
mod square;
mod store;
#[cfg(test)]
mod tests;

pub use model::{App, AppId, AppName, AppNameProblem, Confirmed, LONGEST_NAME, MOST_APPS, Removed, Secret, Waiting};
pub use square::Square;

use crate::{AccountId, Conn, Timestamp, Tx};
use db::{Error, Result};

/// Seconds for which an app waits for its first right code.
pub const WAITING_SECONDS: i64 = 3600;

/// How many apps an account has, without one that waits.
pub fn count(conn: &mut Conn, account: &AccountId) -> Result<i64> {
    store::count(conn, account)
}

/// The apps of an account, the oldest first, without one that waits.
pub fn list(conn: &mut Conn, account: &AccountId) -> Result<Vec<App>> {
    store::list(conn, account)
}

/// One app of this account, unless it still waits.
pub fn find(conn: &mut Conn, account: &AccountId, app: &AppId) -> Result<Option<App>> {
    Ok(store::list(conn, account)?.into_iter().find(|own| own.id == *app))
}

/// Makes an app that waits for its first right code, in place of one that waited before: nobody is shown a secret that
/// was shown to somebody else. With `replaces` the new app takes the place of that one when it is confirmed.
///
/// Returns `None` when the account has as many apps as it may have, or has none to replace by that id.
pub fn begin(tx: &mut Tx<'_>, account: &AccountId, name: &AppName, replaces: Option<&AppId>) -> Result<Option<AppId>> {
    let apps = store::list(tx.conn, account)?;
    let room = match replaces {
        Some(replaced) => apps.iter().any(|app| app.id == *replaced),
        None => apps.len() < MOST_APPS,
    };
    if !room {
        return Ok(None);
    }
    store::delete_waiting(tx, account)?;
    let (id, secret) = (AppId::new(tx.now), Secret::generate());
    let sealed = tx.key.seal(&place(&id), secret.bytes());
    store::insert(tx, &id, account, name.as_str(), &sealed, replaces, tx.now.plus_seconds(WAITING_SECONDS))?;
    Ok(Some(id))
}

/// The app of this account that waits for its first code, with its secret, to be shown. `None` when it does not wait
/// any more, or is another account's.
pub fn waiting(
    conn: &mut Conn,
    key: &crate::secret::InstallationKey,
    account: &AccountId,
    app: &AppId,
    now: Timestamp,
) -> Result<Option<Waiting>> {
    let Some(row) = store::waiting(conn, account, app, now)? else { return Ok(None) };
    let secret = open(key, app, &row.sealed_secret)?;
    Ok(Some(Waiting { id: app.clone(), name: row.name, secret, replaces: row.replaces }))
}

/// Takes the first code of an app that waits, under the name that its owner gave it: the app counts from now on, and
/// the app that it replaces is gone. The code is spent.
pub fn confirm(tx: &mut Tx<'_>, account: &AccountId, app: &AppId, name: &AppName, typed: &str) -> Result<Confirmed> {
    let Some(row) = store::waiting(tx.conn, account, app, tx.now)? else { return Ok(Confirmed::Gone) };
    let apps = store::count(tx.conn, account)?;
    if row.replaces.is_none() && usize::try_from(apps).unwrap_or(usize::MAX) >= MOST_APPS {
        return Ok(Confirmed::Gone);
    }
    let Some(step) = open(tx.key, app, &row.sealed_secret)?.step_of(typed, tx.now) else { return Ok(Confirmed::Wrong) };
    if !store::confirm(tx, account, app, name.as_str(), step)? {
        return Ok(Confirmed::Gone);
    }
    let mut replaced = None;
    if let Some(old) = &row.replaces {
        replaced = store::remove(tx, account, old)?;
    }
    Ok(Confirmed::Now { replaced })
}

/// Takes a code of one of the account's apps, once. Returns `false` when it is none of theirs now, or was taken before.
pub fn spend(tx: &mut Tx<'_>, account: &AccountId, typed: &str) -> Result<bool> {
    for (id, sealed) in store::secrets(tx.conn, account)? {
        if let Some(step) = open(tx.key, &id, &sealed)?.step_of(typed, tx.now)
            && store::spend(tx, account, &id, step)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gives one of the account's apps another name. Returns its former name, `None` when there is no such app.
pub fn rename(tx: &mut Tx<'_>, account: &AccountId, app: &AppId, name: &AppName) -> Result<Option<String>> {
    let Some(found) = find(tx.conn, account, app)? else { return Ok(None) };
    Ok(store::rename(tx, account, app, name.as_str())?.then_some(found.name))
}

/// Removes one of the account's apps: its codes are not taken any more. Returns its name, `None` when there was none.
pub fn remove(tx: &mut Tx<'_>, account: &AccountId, app: &AppId) -> Result<Option<Removed>> {
    let Some(name) = store::remove(tx, account, app)? else { return Ok(None) };
    Ok(Some(Removed { name, left: store::count(tx.conn, account)? }))
}

/// Removes every app of an account, also one that waits. Returns how many counted.
pub fn remove_all(tx: &mut Tx<'_>, account: &AccountId) -> Result<usize> {
    store::delete_waiting(tx, account)?;
    store::remove_all(tx, account)
}

fn open(key: &crate::secret::InstallationKey, id: &AppId, sealed: &[u8]) -> Result<Secret> {
    let opened = key.open(&place(id), sealed);
    opened
        .and_then(|bytes| Secret::of(&bytes))
        .ok_or_else(|| Error::Corrupt(format!("the secret of the authenticator app {id} does not open")))
}

/// Where a secret is sealed for: it opens in no other row.
fn place(id: &AppId) -> String {
    format!("totp_apps/sealed_secret/{id}")
}
