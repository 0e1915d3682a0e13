//! Whom to tell that a log-in ended: the clients that took part in it.
//!
//! [`note_client`] remembers a client's part, with the grant. [`tell`] is called by [`crate::session`] for every log-in
//! that ends, whatever the cause, and puts a row in the outbox of back-channel log-outs for each of those clients that
//! registered an address for it (Back-Channel Logout §2.2). The rows are committed with the end. What is sent, and how,
//! is known above this crate, where the clients and the signing keys are.

mod store;
#[cfg(test)]
mod tests;

use crate::session::LoginId;
use crate::{AccountId, Tx};
use db::{Conn, Result};

db::id!(
    /// A back-channel log-out's id.
    LogOutId
);

/// Notes that a client takes part in a log-in. Nothing happens when it is known. `seconds`: how long a session lives at
/// most; afterwards nobody needs to be told.
pub fn note_client(tx: &mut Tx<'_>, login: &LoginId, client_id: &str, seconds: i64) -> Result<()> {
    let until = tx.now.plus_seconds(seconds);
    store::insert_client(tx, login, client_id, until)
}

/// The clients that took part in these log-ins, ended ones too.
pub fn clients_of(conn: &mut Conn, logins: &[LoginId]) -> Result<Vec<(LoginId, String)>> {
    store::clients_of(conn, logins)
}

/// Queues the back-channel log-outs of log-ins that ended just now.
pub(crate) fn tell(tx: &mut Tx<'_>, ended: &[LoginId]) -> Result<()> {
    if ended.is_empty() {
        return Ok(());
    }
    for (login, account, client_id) in store::whom_to_tell(tx.conn, ended)? {
        store::insert_log_out(tx, &login, &account, &client_id)?;
        tx.log_outs_queued = true;
    }
    Ok(())
}

/// Takes a client out of the account's log-ins that go on, and queues its back-channel log-outs: the person is logged in
/// here still, and no longer there. Returns whether it took part in any.
pub fn leave(tx: &mut Tx<'_>, account: &AccountId, client_id: &str) -> Result<bool> {
    let parts = store::parts_of(tx.conn, account, client_id)?;
    for (login, wants_to_be_told) in &parts {
        if *wants_to_be_told {
            store::insert_log_out(tx, login, account, client_id)?;
            tx.log_outs_queued = true;
        }
        store::delete_part(tx, login, client_id)?;
    }
    Ok(!parts.is_empty())
}

/// Wakes the worker after the commit: a log-out is due that was not before.
pub fn wake_worker(tx: &mut Tx<'_>) {
    tx.log_outs_queued = true;
}
