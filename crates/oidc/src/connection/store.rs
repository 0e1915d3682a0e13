//! Queries over `consents`, `grants`, `session_clients` and the audit log, for one account.

use super::Use;
use crate::interaction::Permission;
use account::AccountId;
use db::schema::{audit_entries, consents, grants, logins, session_clients};
use db::{Conn, Error, Result, Timestamp};
use diesel::prelude::*;
use std::collections::HashMap;

/// Entries of the log that are looked through for the last use: the newest.
const ENTRIES: i64 = 1000;

/// Client, what was allowed, since when.
pub(super) fn consents_of(conn: &mut Conn, account: &AccountId) -> Result<Vec<(String, Permission, Timestamp)>> {
    let rows: Vec<(String, String, String, Timestamp)> = consents::table
        .filter(consents::account_id.eq(account))
        .select((consents::client_id, consents::scope, consents::claims, consents::granted_at))
        .load(conn)?;
    let consent = |(client_id, scope, claims, since): (String, String, String, Timestamp)| {
        let scope = scope.parse().map_err(|_| Error::Corrupt("the scope of a consent".to_owned()))?;
        let claims = claims.split_whitespace().map(str::to_owned).collect();
        Ok((client_id, Permission { scope, claims }, since))
    };
    rows.into_iter().map(consent).collect()
}

type Row = (String, String, bool, Timestamp, Option<Timestamp>, Option<Timestamp>, Option<Timestamp>, Option<String>);

/// What clients hold or take part in: grants that are not revoked, with a refresh token that is good or a log-in that
/// goes on.
pub(super) fn uses_of(conn: &mut Conn, account: &AccountId, now: Timestamp) -> Result<Vec<Use>> {
    let rows: Vec<Row> = grants::table
        .left_join(logins::table.on(logins::id.eq(grants::login_id).and(logins::ended_at.is_null())))
        .filter(grants::account_id.eq(account).and(grants::revoked_at.is_null()))
        .select((
            grants::client_id,
            grants::scope,
            grants::offline,
            grants::created_at,
            grants::redeemed_at,
            grants::refresh_rotated_at,
            grants::refresh_expires_at,
            logins::id.nullable(),
        ))
        .load(conn)?;
    let mut uses = Vec::new();
    for (client_id, scope, offline, created_at, redeemed_at, rotated_at, refresh_ends, login) in rows {
        let offline = offline && refresh_ends.is_some_and(|ends| ends > now);
        if offline || login.is_some() {
            let scope: protocol::Scope =
                scope.parse().map_err(|_| Error::Corrupt("the scope of a grant".to_owned()))?;
            let last_used_at = [redeemed_at, rotated_at].into_iter().flatten().max().unwrap_or(created_at);
            uses.push(Use { client_id, permission: scope.into(), created_at, last_used_at, offline });
        }
    }
    let parts: Vec<(String, Timestamp)> = session_clients::table
        .inner_join(logins::table.on(logins::id.eq(session_clients::login_id)))
        .filter(logins::account_id.eq(account).and(logins::ended_at.is_null()))
        .select((session_clients::client_id, logins::created_at))
        .load(conn)?;
    uses.extend(parts.into_iter().map(|(client_id, at)| Use {
        client_id,
        permission: Permission::default(),
        created_at: at,
        last_used_at: at,
        offline: false,
    }));
    Ok(uses)
}

/// When each client was last let in, as far back as the newest entries reach.
pub(super) fn last_authorized(conn: &mut Conn, account: &AccountId) -> Result<HashMap<String, Timestamp>> {
    let about = audit_entries::target_kind.eq("account").and(audit_entries::target_id.eq(account.as_str()));
    let rows: Vec<(Timestamp, String)> = audit_entries::table
        .filter(about.and(audit_entries::action.eq("authorization.granted")))
        .order(audit_entries::id.desc())
        .limit(ENTRIES)
        .select((audit_entries::at, audit_entries::details))
        .load(conn)?;
    let mut last = HashMap::new();
    for (at, details) in rows {
        let details: serde_json::Value = serde_json::from_str(&details).unwrap_or_default();
        if let Some(client) = details["client"].as_str() {
            last.entry(client.to_owned()).or_insert(at);
        }
    }
    Ok(last)
}
