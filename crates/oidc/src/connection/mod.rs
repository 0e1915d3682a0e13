//! Connections: which clients an account uses or let in, what each may do, and the end of that.

mod store;
#[cfg(test)]
mod tests;

use crate::grants;
use crate::interaction::{Permission, consent};
use account::audit::{self, Target};
use account::{AccountId, Tx, log_out};
use db::{Conn, Result, Timestamp};
use serde_json::json;
use std::collections::BTreeMap;

/// A client that an account is connected with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The client.
    pub client_id: String,
    /// What it was allowed, and what it was given.
    pub permission: Permission,
    /// Whether the account remembers a consent; a client of ours needs none.
    pub has_consent: bool,
    /// Since when.
    pub since: Timestamp,
    /// When it last got something in the account's name, as far as that is still known.
    pub last_used_at: Option<Timestamp>,
    /// Whether it may act while the person is away: it holds a refresh token that is good.
    pub offline: bool,
}

/// What one living grant adds to a connection.
struct Use {
    client_id: String,
    permission: Permission,
    created_at: Timestamp,
    last_used_at: Timestamp,
    offline: bool,
}

/// The account's connections, the one used last first: clients with a consent, with a refresh token that is good, or
/// with a part in a log-in that goes on.
pub fn of_account(conn: &mut Conn, account: &AccountId, now: Timestamp) -> Result<Vec<Connection>> {
    let mut found: BTreeMap<String, Connection> = BTreeMap::new();
    for (client_id, permission, since) in store::consents_of(conn, account)? {
        let connection =
            Connection { client_id, permission, has_consent: true, since, last_used_at: None, offline: false };
        found.insert(connection.client_id.clone(), connection);
    }
    for part in store::uses_of(conn, account, now)? {
        let connection = found.entry(part.client_id.clone()).or_insert_with(|| Connection {
            client_id: part.client_id,
            permission: Permission::default(),
            has_consent: false,
            since: part.created_at,
            last_used_at: None,
            offline: false,
        });
        connection.permission = connection.permission.union(&part.permission);
        connection.last_used_at = connection.last_used_at.max(Some(part.last_used_at));
        connection.offline |= part.offline;
        if !connection.has_consent {
            connection.since = connection.since.min(part.created_at);
        }
    }
    // Grants are removed a day after their last token; the log remembers longer.
    for (client_id, at) in store::last_authorized(conn, account)? {
        if let Some(connection) = found.get_mut(&client_id) {
            connection.last_used_at = connection.last_used_at.max(Some(at));
        }
    }
    let mut all: Vec<Connection> = found.into_values().collect();
    all.sort_by_key(|connection| std::cmp::Reverse(connection.last_used_at.unwrap_or(connection.since)));
    Ok(all)
}

/// Ends a connection: the consent is forgotten, every grant is revoked with its codes and tokens, and the client hears
/// that the account logged out of it. Returns whether there was anything to end.
pub fn end(tx: &mut Tx<'_>, account: &AccountId, client_id: &str) -> Result<bool> {
    let consent = consent::forget(tx, account, client_id)?;
    let revoked = grants::revoke_of_client(tx, account, client_id)?;
    let left = log_out::leave(tx, account, client_id)?;
    if !consent && revoked == 0 && !left {
        return Ok(false);
    }
    let details = json!({ "client": client_id, "grants": revoked });
    audit::record(tx, "connection.ended", Target::account(account), details)?;
    Ok(true)
}
