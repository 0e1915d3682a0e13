//! The second step of a log-in.

use super::{Entering, HalfLogin, LoggedIn, enter, remembered};
use crate::audit::{self, Target};
use crate::mail::{Circumstances, Mail};
use crate::second_step::Method;
use crate::session::{Authentication, Login};
use crate::throttle::{self, Purpose, Subject, Verdict};
use crate::{AccountId, Tx, account, outbox};
use db::Result;
use serde_json::json;

/// Wrong codes within a day after which the owner is told: whoever types them knows the password.
const WARNING_AFTER: i64 = 5;

/// How a browser completes a log-in.
#[derive(Debug, Clone)]
pub struct Completion {
    /// What the browser brings along.
    pub entering: Entering,
    /// By what the second step is proved.
    pub method: Method,
    /// Whether the browser is to be spared the second step from now on.
    pub remember: bool,
    /// Whether guessing is slowed down (`limits.throttle`).
    pub throttle: bool,
}

/// What came of a second step.
#[derive(Debug)]
pub enum Finished {
    /// Logged in.
    LoggedIn(LoggedIn),
    /// It is not proved.
    Wrong,
    /// Not for so many seconds; nothing was looked at.
    Wait(i64),
    /// The first step counts no more: it is too long ago, the password was changed, the account is not active, or this
    /// is no way for it to prove the second step. It begins anew.
    Void,
}

/// Completes a log-in, in the one write that reads `half` from where it is kept. `prove` spends the proof and says what
/// both steps prove together, `None` when it is wrong; it is not asked while guessing has to wait. `noted` is told of
/// the log-in and clears `half` away.
pub fn finish(
    tx: &mut Tx<'_>,
    half: &HalfLogin,
    completion: &Completion,
    prove: impl FnOnce(&mut Tx<'_>) -> Result<Option<Authentication>>,
    noted: impl FnOnce(&mut Tx<'_>, &Login) -> Result<()>,
) -> Result<Finished> {
    if !half.holds(tx.conn, tx.now)? || !half.takes(completion.method) {
        return Ok(Finished::Void);
    }
    let counted = counted(tx, half, completion)?;
    if let Verdict::Wait(seconds) = throttle::check(tx.conn, counted.as_slice(), tx.now)? {
        return Ok(Finished::Wait(seconds));
    }
    let method = completion.method.as_str();
    let Some(authentication) = prove(tx)? else {
        fail(tx, half, counted.as_slice())?;
        audit::record(tx, "login.second_step_failed", Target::account(&half.account), json!({ "method": method }))?;
        return Ok(Finished::Wrong);
    };
    if completion.throttle {
        throttle::clear(tx, &watched(tx, &half.account))?;
    }
    let logged_in = enter(tx, &completion.entering, &half.account, authentication)?;
    if completion.remember {
        remembered::remember(tx, &logged_in.device, &half.account)?;
    }
    let login = &logged_in.login;
    let details = json!({ "login": login.id, "amr": login.amr, "second_step": method, "again": half.again });
    audit::record(tx, "login.succeeded", Target::account(&half.account), details)?;
    noted(tx, login)?;
    Ok(Finished::LoggedIn(logged_in))
}

/// Under what guesses are counted: the account, wherever they come from and whichever kind of code it is. A device that
/// its owner trusts has a counter of its own, so that others cannot use up its tries.
fn counted(tx: &mut Tx<'_>, half: &HalfLogin, completion: &Completion) -> Result<Option<Subject>> {
    if !completion.throttle || !completion.method.is_a_code() {
        return Ok(None);
    }
    if let Some(device) = &completion.entering.device
        && remembered::is_remembered(tx.conn, device, &half.account, tx.now)?
    {
        return Ok(Some(Subject::device(tx.key, Purpose::SecondStep, &device.hash(), &half.account)));
    }
    Ok(Some(Subject::of(tx.key, Purpose::SecondStep, half.account.as_str())))
}

/// What says for a day how many guesses there were; it slows nobody down.
fn watched(tx: &Tx<'_>, account: &AccountId) -> Subject {
    Subject::of(tx.key, Purpose::SecondStepWatch, account.as_str())
}

fn fail(tx: &mut Tx<'_>, half: &HalfLogin, counted: &[Subject]) -> Result<()> {
    if counted.is_empty() {
        return Ok(());
    }
    for subject in counted {
        throttle::count(tx, subject)?;
    }
    let watched = watched(tx, &half.account);
    let counter = throttle::count(tx, &watched)?;
    if throttle::claim_warning(tx, &watched, &counter, WARNING_AFTER)?
        && let Some(email) = account::primary_email(tx.conn, &half.account)?
    {
        let mail = Mail::SecondStepAttack { failures: counter.failures, circumstances: Circumstances::of(tx) };
        outbox::enqueue(tx, tx.key, &email.address, Some(&half.account), &mail)?;
        let details = json!({ "failures": counter.failures });
        audit::record(tx, "login.second_step_attacked", Target::account(&half.account), details)?;
    }
    Ok(())
}
