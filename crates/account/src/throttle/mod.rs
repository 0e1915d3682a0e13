//! Throttling: counters in the database that make guessing and flooding slow. All nodes share them, and they survive a
//! restart.
//!
//! A try is counted under several [`Subject`]s at once: the e-mail address (known to us or not: both look alike), the
//! network it comes from, and a wider network around that. Each [`Rule`] gives some tries for free, then a delay that
//! doubles with each one. Subjects are keyed hashes: the table holds neither addresses of people nor of machines.
//!
//! ```text
//! let subjects = throttle::subjects(&accounts.key, Purpose::RecoveryMail, Some(email.normalized()), actor.address);
//! accounts.write(&actor, move |tx| match throttle::admit(tx, &subjects)? {
//!     Verdict::Wait(seconds) => …,
//!     Verdict::Allowed => …,
//! })
//! ```
//! With the setting `limits.throttle` off, callers pass no subjects (an empty list admits everything).

mod model;
mod store;
#[cfg(test)]
mod tests;

pub use model::{Counter, Purpose, Rule, Subject, Verdict, subjects};

use crate::{Timestamp, Tx};
use db::{Conn, Result};

/// Whether all of `subjects` may try now, or how long to wait. Reads only; an empty list is allowed.
pub fn check(conn: &mut Conn, subjects: &[Subject], now: Timestamp) -> Result<Verdict> {
    let counters = store::load(conn, subjects)?;
    let of = |subject: &Subject| counters.iter().find(|(key, _)| key == subject.key()).map(|(_, counter)| counter);
    Ok(subjects.iter().map(|subject| Counter::verdict(of(subject), now)).max().unwrap_or(Verdict::Allowed))
}

/// How many tries are counted under the subject now.
pub fn tries(conn: &mut Conn, subject: &Subject, now: Timestamp) -> Result<i64> {
    let counters = store::load(conn, std::slice::from_ref(subject))?;
    Ok(counters.first().filter(|(_, counter)| now < counter.expires_at).map_or(0, |(_, counter)| counter.failures))
}

/// Counts one try (a wrong password, a mail asked for) under the subject. Returns the counter as it now is.
pub fn count(tx: &mut Tx<'_>, subject: &Subject) -> Result<Counter> {
    let counters = store::load(tx.conn, std::slice::from_ref(subject))?;
    let counter = subject.rule().after_try(counters.first().map(|(_, counter)| counter), tx.now);
    store::save(tx.conn, subject, &counter)?;
    Ok(counter)
}

/// [`check`], and when that allows it, [`count`] under each subject: for what is limited by number, not by failure
/// (mails, codes). In one transaction, so that parallel requests cannot slip through together.
pub fn admit(tx: &mut Tx<'_>, subjects: &[Subject]) -> Result<Verdict> {
    let verdict = check(tx.conn, subjects, tx.now)?;
    if verdict == Verdict::Allowed {
        for subject in subjects {
            count(tx, subject)?;
        }
    }
    Ok(verdict)
}

/// Forgets the tries counted under the subject: it proved to be in the right.
pub fn clear(tx: &mut Tx<'_>, subject: &Subject) -> Result<()> {
    store::remove(tx.conn, subject)
}

/// Claims the one warning a day that the owner gets while this subject is under attack. Returns whether it is due: at
/// least `least_failures` were counted, and none was claimed for a day.
pub fn claim_warning(tx: &mut Tx<'_>, subject: &Subject, counter: &Counter, least_failures: i64) -> Result<bool> {
    Ok(counter.warning_is_due(least_failures, tx.now) && store::note_warning(tx.conn, subject, tx.now)?)
}
