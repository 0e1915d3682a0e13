//! The table `session_clients`, and new rows of `backchannel_logouts`.

use super::LogOutId;
use crate::session::LoginId;
use crate::{AccountId, Tx};
use db::schema::{backchannel_logouts, clients, logins, session_clients};
use db::{Conn, OnEach, Result, Timestamp};
use diesel::prelude::*;

pub(super) fn insert_client(tx: &mut Tx<'_>, login: &LoginId, client_id: &str, until: Timestamp) -> Result<()> {
    let row = (
        session_clients::login_id.eq(login),
        session_clients::client_id.eq(client_id),
        session_clients::expires_at.eq(until),
    );
    let key = (session_clients::login_id, session_clients::client_id);
    OnEach(diesel::insert_into(session_clients::table).values(row).on_conflict(key).do_nothing()).execute(tx.conn)?;
    Ok(())
}

pub(super) fn clients_of(conn: &mut Conn, of: &[LoginId]) -> Result<Vec<(LoginId, String)>> {
    let theirs = session_clients::table.filter(session_clients::login_id.eq_any(of));
    let columns = (session_clients::login_id, session_clients::client_id);
    Ok(theirs.order(columns).select(columns).load(conn)?)
}

/// Log-in, account and client, for each client that wants to be told.
pub(super) fn whom_to_tell(conn: &mut Conn, ended: &[LoginId]) -> Result<Vec<(LoginId, AccountId, String)>> {
    let rows = session_clients::table
        .inner_join(clients::table.on(clients::client_id.eq(session_clients::client_id)))
        .inner_join(logins::table.on(logins::id.eq(session_clients::login_id)))
        .filter(session_clients::login_id.eq_any(ended).and(clients::backchannel_logout.eq(true)))
        .order((logins::id, clients::client_id))
        .select((logins::id, logins::account_id, clients::client_id));
    Ok(rows.load(conn)?)
}

/// The account's log-ins that go on and that the client takes part in; and whether it wants to be told of their end.
pub(super) fn parts_of(conn: &mut Conn, account: &AccountId, client_id: &str) -> Result<Vec<(LoginId, bool)>> {
    let rows = session_clients::table
        .inner_join(clients::table.on(clients::client_id.eq(session_clients::client_id)))
        .inner_join(logins::table.on(logins::id.eq(session_clients::login_id)))
        .filter(logins::account_id.eq(account).and(logins::ended_at.is_null()))
        .filter(session_clients::client_id.eq(client_id));
    Ok(rows.order(logins::id).select((logins::id, clients::backchannel_logout)).load(conn)?)
}

pub(super) fn delete_part(tx: &mut Tx<'_>, login: &LoginId, client_id: &str) -> Result<()> {
    diesel::delete(session_clients::table.find((login, client_id))).execute(tx.conn)?;
    Ok(())
}

pub(super) fn insert_log_out(tx: &mut Tx<'_>, login: &LoginId, account: &AccountId, client_id: &str) -> Result<()> {
    diesel::insert_into(backchannel_logouts::table)
        .values((
            backchannel_logouts::id.eq(LogOutId::new(tx.now)),
            backchannel_logouts::client_id.eq(client_id),
            backchannel_logouts::account_id.eq(account),
            backchannel_logouts::login_id.eq(login),
            backchannel_logouts::created_at.eq(tx.now),
            backchannel_logouts::next_attempt_at.eq(tx.now),
            backchannel_logouts::attempts.eq(0_i64),
        ))
        .execute(tx.conn)?;
    Ok(())
}
