//! The table `audit_entries`.

use super::{AuditEntry, AuditEntryId, OwnEntry};
use crate::AccountId;
use db::conn::MultiBackend;
use db::schema::audit_entries;
use db::{Conn, Result, Timestamp};
use diesel::prelude::*;

#[derive(Insertable)]
#[diesel(table_name = audit_entries)]
pub(super) struct NewEntry<'a> {
    pub id: AuditEntryId,
    pub at: Timestamp,
    pub actor_kind: &'a str,
    pub actor_id: Option<&'a str>,
    pub address: Option<String>,
    pub request_id: &'a str,
    pub action: &'a str,
    pub target_kind: &'a str,
    pub target_id: &'a str,
    pub details: String,
    pub user_agent: &'a str,
}

pub(super) fn insert(conn: &mut Conn, entry: &NewEntry<'_>) -> Result<()> {
    diesel::insert_into(audit_entries::table).values(entry).execute(conn)?;
    Ok(())
}

type Row = (Timestamp, String, Option<String>, Option<String>, String, String);

/// The newest entries about a target, at most `limit`.
pub fn of_target(conn: &mut Conn, kind: &str, id: &str, limit: i64) -> Result<Vec<AuditEntry>> {
    let rows: Vec<Row> = audit_entries::table
        .filter(audit_entries::target_kind.eq(kind).and(audit_entries::target_id.eq(id)))
        .order(audit_entries::id.desc())
        .limit(limit)
        .select((
            audit_entries::at,
            audit_entries::actor_kind,
            audit_entries::actor_id,
            audit_entries::address,
            audit_entries::action,
            audit_entries::details,
        ))
        .load(conn)?;
    Ok(rows.into_iter().map(entry).collect())
}

fn entry((at, actor_kind, actor_id, address, action, details): Row) -> AuditEntry {
    let details = serde_json::from_str(&details).unwrap_or_default();
    AuditEntry { at, actor_kind, actor_id, address, action, details }
}

/// The newest entries about an account, before that one when there is one, at most `limit`, without these actions.
pub fn of_account(
    conn: &mut Conn,
    account: &AccountId,
    before: Option<&AuditEntryId>,
    without: &[&str],
    limit: i64,
) -> Result<Vec<OwnEntry>> {
    let mut query = audit_entries::table
        .filter(audit_entries::target_kind.eq("account").and(audit_entries::target_id.eq(account.as_str())))
        .filter(audit_entries::action.ne_all(without.to_vec()))
        .order(audit_entries::id.desc())
        .limit(limit)
        .select((
            audit_entries::id,
            audit_entries::user_agent,
            (
                audit_entries::at,
                audit_entries::actor_kind,
                audit_entries::actor_id,
                audit_entries::address,
                audit_entries::action,
                audit_entries::details,
            ),
        ))
        .into_boxed::<MultiBackend>();
    if let Some(before) = before {
        query = query.filter(audit_entries::id.lt(before.clone()));
    }
    let rows: Vec<(AuditEntryId, String, Row)> = query.load(conn)?;
    Ok(rows.into_iter().map(|(id, user_agent, row)| OwnEntry { id, user_agent, entry: entry(row) }).collect())
}
