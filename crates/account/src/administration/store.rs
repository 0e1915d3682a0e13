//! Queries over accounts, for operators.

use super::{AccountLine, Counts, Details, Direction, EmailLine, Entry, Filter, Found};
use crate::account::AccountStatus;
use crate::session::Lifetimes;
use crate::{AccountId, api_token, audit, closure};
use db::conn::MultiBackend;
use db::schema::{accounts, emails, logins, sessions};
use db::{Conn, Error, Result, Timestamp};
use diesel::dsl::{count, exists, max};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use std::collections::HashMap;

/// Accounts on one page of the list.
pub const PER_PAGE: usize = 50;

/// Audit entries shown with an account.
const ENTRIES: i64 = 50;

diesel::define_sql_function! {
    /// Lower case: of ASCII letters on SQLite, of all letters on PostgreSQL.
    fn lower(text: Text) -> Text;
}

type Condition = Box<dyn BoxableExpression<accounts::table, MultiBackend, SqlType = Bool>>;

type Row = (AccountId, String, String, bool, Timestamp);

/// One page of the accounts that a filter lets through.
pub fn find(
    conn: &mut Conn,
    filter: &Filter,
    direction: &Direction,
    now: Timestamp,
    lifetimes: &Lifetimes,
) -> Result<Found> {
    let mut query = accounts::table
        .select((accounts::id, accounts::name, accounts::status, accounts::operator, accounts::created_at))
        .into_boxed::<MultiBackend>();
    if let Some(text) = Some(filter.text.trim()).filter(|text| !text.is_empty()) {
        query = query.filter(matches_text(text));
    }
    if let Some(status) = filter.status {
        query = query.filter(accounts::status.eq(status.as_str()));
    }
    if filter.operators {
        query = query.filter(accounts::operator.eq(true));
    }
    // Ids are ordered by time. One more than is shown tells whether there is a further page.
    query = match direction {
        Direction::First => query.order(accounts::id.desc()),
        Direction::After(id) => query.filter(accounts::id.lt(id.clone())).order(accounts::id.desc()),
        Direction::Before(id) => query.filter(accounts::id.gt(id.clone())).order(accounts::id.asc()),
    };
    let limit = i64::try_from(PER_PAGE + 1).expect("a page is small");
    let mut rows: Vec<Row> = query.limit(limit).load(conn)?;
    let more = rows.len() > PER_PAGE;
    rows.truncate(PER_PAGE);
    let backwards = matches!(direction, Direction::Before(_));
    if backwards {
        rows.reverse();
    }
    let lines = lines_of(conn, rows, now, lifetimes)?;
    Ok(Found {
        lines,
        has_newer: if backwards { more } else { matches!(direction, Direction::After(_)) },
        has_older: if backwards { true } else { more },
    })
}

/// A part of the name, or of an address. `LIKE` ignores the case of ASCII letters on SQLite and no case on PostgreSQL,
/// so both sides are lowered, and a name outside ASCII is also found as it is written.
fn matches_text(text: &str) -> Condition {
    let (lowered, written) = (pattern(&text.to_lowercase()), pattern(text));
    let with_address = emails::table
        .filter(emails::account_id.eq(accounts::id))
        .filter(emails::normalized.like(lowered.clone()).escape('\\'));
    Box::new(
        lower(accounts::name)
            .like(lowered)
            .escape('\\')
            .or(accounts::name.like(written).escape('\\'))
            .or(exists(with_address)),
    )
}

fn pattern(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

fn lines_of(conn: &mut Conn, rows: Vec<Row>, now: Timestamp, lifetimes: &Lifetimes) -> Result<Vec<AccountLine>> {
    let ids: Vec<AccountId> = rows.iter().map(|(id, ..)| id.clone()).collect();
    let addresses: Vec<(AccountId, String)> = emails::table
        .filter(emails::account_id.eq_any(&ids).and(emails::is_primary.eq(true)))
        .select((emails::account_id, emails::address))
        .load(conn)?;
    let last_logins: Vec<(AccountId, Option<Timestamp>)> = logins::table
        .filter(logins::account_id.eq_any(&ids))
        .group_by(logins::account_id)
        .select((logins::account_id, max(logins::authenticated_at)))
        .load(conn)?;
    let idle_since = now.plus_seconds(-lifetimes.idle_seconds);
    let living: Vec<(AccountId, i64)> = logins::table
        .inner_join(sessions::table.on(sessions::id.eq(logins::session_id)))
        .filter(logins::account_id.eq_any(&ids).and(logins::ended_at.is_null()))
        .filter(sessions::expires_at.gt(now).and(sessions::last_seen_at.gt(idle_since)))
        .group_by(logins::account_id)
        .select((logins::account_id, count(logins::id)))
        .load(conn)?;
    let mut addresses: HashMap<_, _> = addresses.into_iter().collect();
    let last_logins: HashMap<_, _> = last_logins.into_iter().collect();
    let living: HashMap<_, _> = living.into_iter().collect();
    rows.into_iter()
        .map(|(id, name, status, operator, created_at)| {
            Ok(AccountLine {
                name,
                email: addresses.remove(&id).unwrap_or_default(),
                status: AccountStatus::parse(&status)
                    .ok_or_else(|| Error::Corrupt(format!("account status {status}")))?,
                operator,
                created_at,
                last_login_at: last_logins.get(&id).copied().flatten(),
                sessions: living.get(&id).copied().unwrap_or(0),
                id,
            })
        })
        .collect()
}

/// One account. `None`: there is none of this id.
pub fn see(conn: &mut Conn, id: &AccountId, now: Timestamp, lifetimes: &Lifetimes) -> Result<Option<Details>> {
    let row: Option<(Row, Option<Timestamp>, Option<String>)> = accounts::table
        .find(id)
        .select((
            (accounts::id, accounts::name, accounts::status, accounts::operator, accounts::created_at),
            accounts::deactivated_at,
            accounts::deactivation_reason,
        ))
        .first(conn)
        .optional()?;
    let Some((row, deactivated_at, reason)) = row else { return Ok(None) };
    let emails: Vec<(String, bool, Option<Timestamp>)> = emails::table
        .filter(emails::account_id.eq(id))
        .order((emails::is_primary.desc(), emails::id.asc()))
        .select((emails::address, emails::is_primary, emails::verified_at))
        .load(conn)?;
    let Some(line) = lines_of(conn, vec![row], now, lifetimes)?.pop() else { return Ok(None) };
    Ok(Some(Details {
        line,
        emails: emails
            .into_iter()
            .map(|(address, is_primary, verified_at)| EmailLine { address, is_primary, verified_at })
            .collect(),
        api_tokens: api_token::living(conn, id, now)?,
        deactivated: deactivated_at.map(|at| (at, reason.unwrap_or_default())),
        closure: closure::of(conn, id)?,
        entries: entries_of(conn, id)?,
    }))
}

fn entries_of(conn: &mut Conn, id: &AccountId) -> Result<Vec<Entry>> {
    let entries = audit::of_target(conn, "account", id.as_str(), ENTRIES)?;
    let others: Vec<&str> = entries
        .iter()
        .filter(|entry| entry.actor_kind == "account")
        .filter_map(|entry| entry.actor_id.as_deref().filter(|actor| *actor != id.as_str()))
        .collect();
    let names: Vec<(AccountId, String)> = accounts::table
        .filter(accounts::id.eq_any(others.iter().filter_map(|id| AccountId::parse(id))))
        .select((accounts::id, accounts::name))
        .load(conn)?;
    let name_of = |actor: &str| names.iter().find(|(id, _)| id.as_str() == actor).map(|(_, name)| name.clone());
    Ok(entries
        .into_iter()
        .map(|entry| Entry { actor_name: entry.actor_id.as_deref().and_then(name_of), entry })
        .collect())
}

/// How many accounts there are.
pub fn counts(conn: &mut Conn) -> Result<Counts> {
    let rows: Vec<(String, i64)> =
        accounts::table.group_by(accounts::status).select((accounts::status, count(accounts::id))).load(conn)?;
    let of =
        |status: AccountStatus| rows.iter().find(|(text, _)| text == status.as_str()).map_or(0, |(_, count)| *count);
    Ok(Counts {
        unverified: of(AccountStatus::Unverified),
        active: of(AccountStatus::Active),
        deactivated: of(AccountStatus::Deactivated),
        operators: active_operators(conn)?,
    })
}

pub(super) fn active_operators(conn: &mut Conn) -> Result<i64> {
    let active = accounts::operator.eq(true).and(accounts::status.eq(AccountStatus::Active.as_str()));
    Ok(accounts::table.filter(active).count().get_result(conn)?)
}
