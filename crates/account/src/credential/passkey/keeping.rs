//! What an owner does with the passkeys of the account: look, rename, remove.

use super::model::{Passkey, PasskeyId, PasskeyName};
use super::store;
use crate::account;
use crate::audit::{self, Target};
use crate::credential::{recovery_code, totp};
use crate::mail::{Circumstances, Mail, SecondStep};
use crate::{AccountId, Conn, Tx, outbox};
use db::Result;
use serde_json::json;

/// The passkeys of an account, the oldest first.
pub fn list(conn: &mut Conn, account: &AccountId) -> Result<Vec<Passkey>> {
    store::list(conn, account)
}

/// One passkey of an account.
pub fn find(conn: &mut Conn, account: &AccountId, id: &PasskeyId) -> Result<Option<Passkey>> {
    Ok(store::list(conn, account)?.into_iter().find(|passkey| passkey.id == *id))
}

/// How many passkeys an account has. One that is suspended counts: it opens nothing, and whoever made it look copied has
/// not switched two-step verification off by that.
pub fn count(conn: &mut Conn, account: &AccountId) -> Result<i64> {
    store::count(conn, account)
}

/// Gives a passkey of the account another name. Returns whether the account has it.
pub fn rename(tx: &mut Tx<'_>, account: &AccountId, id: &PasskeyId, name: &PasskeyName) -> Result<bool> {
    if !store::rename(tx, account, id, name)? {
        return Ok(false);
    }
    audit::record(tx, "passkey.renamed", Target::account(account), json!({ "passkey": id, "name": name.as_str() }))?;
    Ok(true)
}

/// Removes every passkey of an account, without a word. Returns how many there were.
pub(crate) fn remove_all(tx: &mut Tx<'_>, account: &AccountId) -> Result<usize> {
    store::delete_all(tx, account)
}

/// Removes a passkey of the account: it proves nothing any more. The owner is told by mail. Returns whether the account
/// had it.
pub fn remove(tx: &mut Tx<'_>, account: &AccountId, id: &PasskeyId) -> Result<bool> {
    let Some(name) = store::delete(tx, account, id)? else { return Ok(false) };
    audit::record(tx, "passkey.removed", Target::account(account), json!({ "passkey": id, "name": name }))?;
    if account::find(tx.conn, account)?.is_some() {
        let last = store::count(tx.conn, account)? == 0 && totp::count(tx.conn, account)? == 0;
        if last {
            // Nothing is left that they would stand in for.
            recovery_code::remove_all(tx, account)?;
        }
        let step = SecondStep::Passkey(name);
        let mail = Mail::SecondStepRemoved { step, last, circumstances: Circumstances::of(tx) };
        outbox::notify(tx, account, &mail)?;
    }
    Ok(true)
}
