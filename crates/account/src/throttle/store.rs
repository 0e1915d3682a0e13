//! The table `throttles`.

use super::{Counter, Subject};
use db::schema::throttles;
use db::{Conn, OnEach, Result, Timestamp};
use diesel::prelude::*;

/// The counters of those subjects that have one.
pub(super) fn load(conn: &mut Conn, subjects: &[Subject]) -> Result<Vec<(String, Counter)>> {
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    type Row = (String, i64, Timestamp, Timestamp, Option<Timestamp>, Timestamp);
    let rows: Vec<Row> = throttles::table
        .filter(throttles::subject.eq_any(subjects.iter().map(Subject::key)))
        .select((
            throttles::subject,
            throttles::failures,
            throttles::first_failure_at,
            throttles::blocked_until,
            throttles::notified_at,
            throttles::expires_at,
        ))
        .load(conn)?;
    let counter = |(key, failures, first_failure_at, blocked_until, notified_at, expires_at)| {
        (key, Counter { failures, first_failure_at, blocked_until, notified_at, expires_at })
    };
    Ok(rows.into_iter().map(counter).collect())
}

/// Writes the counter.
pub(super) fn save(conn: &mut Conn, subject: &Subject, counter: &Counter) -> Result<()> {
    let values = (
        throttles::failures.eq(counter.failures),
        throttles::first_failure_at.eq(counter.first_failure_at),
        throttles::blocked_until.eq(counter.blocked_until),
        throttles::notified_at.eq(counter.notified_at),
        throttles::expires_at.eq(counter.expires_at),
    );
    let row = (throttles::subject.eq(subject.key()), values);
    OnEach(diesel::insert_into(throttles::table).values(row).on_conflict(throttles::subject).do_update().set(values))
        .execute(conn)?;
    Ok(())
}

/// Notes that the owner is being warned.
pub(super) fn note_warning(conn: &mut Conn, subject: &Subject, now: Timestamp) -> Result<bool> {
    let row = throttles::table.find(subject.key());
    Ok(diesel::update(row).set(throttles::notified_at.eq(now)).execute(conn)? == 1)
}

/// Removes the counter.
pub(super) fn remove(conn: &mut Conn, subject: &Subject) -> Result<()> {
    diesel::delete(throttles::table.find(subject.key())).execute(conn)?;
    Ok(())
}
