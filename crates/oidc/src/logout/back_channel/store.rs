//! The table `backchannel_logouts`.

use super::{Counts, State, Summary};
use account::log_out::LogOutId;
use account::session::LoginId;
use account::{AccountId, Tx};
use db::schema::backchannel_logouts::{self, dsl};
use db::{Conn, Result, Timestamp};
use diesel::prelude::*;

/// One that was taken to be delivered.
#[derive(Debug, Clone)]
pub(super) struct Claimed {
    pub id: LogOutId,
    pub client_id: String,
    pub account_id: AccountId,
    pub login_id: LoginId,
    pub created_at: Timestamp,
    pub attempts: i64,
}

/// When the next one is due: in the past when one is due now; `None` when none waits.
pub(super) fn next_due(conn: &mut Conn) -> Result<Option<Timestamp>> {
    let waiting = dsl::backchannel_logouts.filter(dsl::delivered_at.is_null().and(dsl::failed_at.is_null()));
    Ok(waiting.select(diesel::dsl::min(dsl::next_attempt_at)).first(conn)?)
}

/// The ids of at most `limit` due ones, the longest due first.
pub(super) fn due(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<LogOutId>> {
    let due = dsl::backchannel_logouts
        .filter(dsl::delivered_at.is_null().and(dsl::failed_at.is_null()).and(dsl::next_attempt_at.le(now)))
        .filter(dsl::lease_until.is_null().or(dsl::lease_until.le(now)));
    Ok(due.order((dsl::next_attempt_at, dsl::id)).select(dsl::id).limit(limit).load(conn)?)
}

/// The ids of those of these log-ins.
pub(super) fn of_logins(conn: &mut Conn, logins: &[LoginId]) -> Result<Vec<LogOutId>> {
    Ok(dsl::backchannel_logouts.filter(dsl::login_id.eq_any(logins)).select(dsl::id).order(dsl::id).load(conn)?)
}

/// Takes of these what is due and free, until `lease_until`.
pub(super) fn claim(tx: &mut Tx<'_>, ids: Vec<LogOutId>, owner: &str, lease_until: Timestamp) -> Result<Vec<Claimed>> {
    let mut claimed = Vec::with_capacity(ids.len());
    for id in ids {
        type Row = (LogOutId, String, AccountId, LoginId, Timestamp, i64);
        let taken: Option<Row> = diesel::update(dsl::backchannel_logouts.find(&id))
            .filter(dsl::delivered_at.is_null().and(dsl::failed_at.is_null()).and(dsl::next_attempt_at.le(tx.now)))
            .filter(dsl::lease_until.is_null().or(dsl::lease_until.le(tx.now)))
            .set((dsl::lease_owner.eq(owner), dsl::lease_until.eq(lease_until), dsl::next_attempt_at.eq(lease_until)))
            .returning((dsl::id, dsl::client_id, dsl::account_id, dsl::login_id, dsl::created_at, dsl::attempts))
            .get_result(tx.conn)
            .optional()?;
        claimed.extend(taken.map(|(id, client_id, account_id, login_id, created_at, attempts)| Claimed {
            id,
            client_id,
            account_id,
            login_id,
            created_at,
            attempts,
        }));
    }
    Ok(claimed)
}

/// The client heard of it. Said even when the lease is gone, for it is true.
pub(super) fn delivered(tx: &mut Tx<'_>, id: &LogOutId) -> Result<()> {
    diesel::update(dsl::backchannel_logouts.find(id))
        .set((
            dsl::delivered_at.eq(tx.now),
            dsl::failed_at.eq(None::<Timestamp>),
            dsl::attempts.eq(dsl::attempts + 1_i64),
            dsl::lease_owner.eq(None::<String>),
            dsl::lease_until.eq(None::<Timestamp>),
            dsl::last_error.eq(None::<String>),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// It was not heard: tried again at `next_attempt_at`, or given up when there is none.
pub(super) fn refused(
    tx: &mut Tx<'_>,
    id: &LogOutId,
    owner: &str,
    next_attempt_at: Option<Timestamp>,
    error: &str,
) -> Result<()> {
    let failed_at = if next_attempt_at.is_none() { Some(tx.now) } else { None };
    diesel::update(dsl::backchannel_logouts.find(id).filter(dsl::lease_owner.eq(owner)))
        .set((
            dsl::next_attempt_at.eq(next_attempt_at.unwrap_or(tx.now)),
            dsl::failed_at.eq(failed_at),
            dsl::attempts.eq(dsl::attempts + 1_i64),
            dsl::lease_owner.eq(None::<String>),
            dsl::lease_until.eq(None::<Timestamp>),
            dsl::last_error.eq(error),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Gives back, untried, those that `owner` holds of these; the client did not answer to another one just now.
pub(super) fn put_off(tx: &mut Tx<'_>, ids: &[LogOutId], owner: &str, until: Timestamp, error: &str) -> Result<()> {
    let ours = dsl::id.eq_any(ids).and(dsl::lease_owner.eq(owner)).and(dsl::delivered_at.is_null());
    diesel::update(dsl::backchannel_logouts.filter(ours))
        .set((
            dsl::next_attempt_at.eq(until),
            dsl::lease_owner.eq(None::<String>),
            dsl::lease_until.eq(None::<Timestamp>),
            dsl::last_error.eq(error),
        ))
        .execute(tx.conn)?;
    Ok(())
}

pub(super) fn make_due(tx: &mut Tx<'_>, id: &LogOutId) -> Result<bool> {
    let changed = diesel::update(dsl::backchannel_logouts.find(id).filter(dsl::delivered_at.is_null()))
        .filter(dsl::lease_until.is_null().or(dsl::lease_until.le(tx.now)))
        .set((dsl::next_attempt_at.eq(tx.now), dsl::failed_at.eq(None::<Timestamp>)))
        .execute(tx.conn)?;
    Ok(changed == 1)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = backchannel_logouts)]
struct Row {
    id: LogOutId,
    client_id: String,
    account_id: AccountId,
    created_at: Timestamp,
    next_attempt_at: Timestamp,
    attempts: i64,
    delivered_at: Option<Timestamp>,
    failed_at: Option<Timestamp>,
    last_error: Option<String>,
}

/// Log-outs, newest first, at most `limit`: of one state, or of all; those before (older than) `before`.
pub fn list(conn: &mut Conn, state: Option<State>, before: Option<&LogOutId>, limit: i64) -> Result<Vec<Summary>> {
    let mut query = dsl::backchannel_logouts.select(Row::as_select()).order(dsl::id.desc()).limit(limit).into_boxed();
    query = match state {
        None => query,
        Some(State::Waiting) => query.filter(dsl::delivered_at.is_null().and(dsl::failed_at.is_null())),
        Some(State::Delivered) => query.filter(dsl::delivered_at.is_not_null()),
        Some(State::Failed) => query.filter(dsl::failed_at.is_not_null()),
    };
    if let Some(before) = before {
        query = query.filter(dsl::id.lt(before.as_str().to_owned()));
    }
    Ok(query.load::<Row>(conn)?.into_iter().map(summary).collect())
}

fn summary(row: Row) -> Summary {
    Summary {
        state: match (row.delivered_at, row.failed_at) {
            (Some(_), _) => State::Delivered,
            (None, Some(_)) => State::Failed,
            (None, None) => State::Waiting,
        },
        id: row.id,
        client_id: row.client_id,
        account_id: row.account_id,
        created_at: row.created_at,
        attempts: row.attempts,
        next_attempt_at: row.next_attempt_at,
        finished_at: row.delivered_at.or(row.failed_at),
        last_error: row.last_error,
    }
}

/// How many there are in each state.
pub fn counts(conn: &mut Conn) -> Result<Counts> {
    let waiting = || dsl::backchannel_logouts.filter(dsl::delivered_at.is_null().and(dsl::failed_at.is_null()));
    Ok(Counts {
        waiting: waiting().count().get_result(conn)?,
        retrying: waiting().filter(dsl::attempts.gt(0)).count().get_result(conn)?,
        delivered: dsl::backchannel_logouts.filter(dsl::delivered_at.is_not_null()).count().get_result(conn)?,
        failed: dsl::backchannel_logouts.filter(dsl::failed_at.is_not_null()).count().get_result(conn)?,
    })
}
