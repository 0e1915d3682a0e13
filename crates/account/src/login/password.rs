//! Logging in by password.
//!
//! Whoever does not know the right password learns nothing: a wrong password, an unknown address and an account without
//! a password take the same steps, one hash among them, and end alike. What an account's state is (deactivated, not
//! verified) is told after the right password only. Where a second step is demanded, the right password makes no session
//! but a [`HalfLogin`].

use super::{Entering, HalfLogin, LoggedIn, devices, enter, remembered};
use crate::account::{self, Account, AccountStatus};
use crate::audit::{self, Target};
use crate::credential::password::{self, Busy, Password, Phc, Verdict as Check};
use crate::email::Email;
use crate::mail::{Circumstances, Mail};
use crate::second_step::{self, Demand};
use crate::session::Authentication;
use crate::throttle::{self, Purpose, Subject, Verdict};
use crate::{AccountId, Accounts, Actor, Timestamp, Tx, closure, outbox};
use db::{Conn, Result};
use serde_json::json;
use std::net::IpAddr;
use std::sync::Arc;

/// Wrong passwords at one account after which its owner is warned by mail.
pub(super) const WARNING_AFTER: i64 = 10;

/// How often a log-in begins anew because the password was changed while it was being checked.
const ROUNDS: usize = 3;

/// What somebody tries to log in with.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The address.
    pub email: Email,
    /// The password, as typed.
    pub password: Password,
    /// What the browser brings along.
    pub entering: Entering,
    /// Whether a remembered device spares the second step: not where more than a password is asked for.
    pub may_be_spared: bool,
    /// Whether guessing is slowed down (`limits.throttle`).
    pub throttle: bool,
}

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// Logged in.
    LoggedIn(LoggedIn),
    /// The right password; what is missing is the second step.
    SecondStep(HalfLogin),
    /// Not the password, or no such account, or one without a password: which of these, nobody is told.
    Wrong,
    /// Not for so many seconds; the password was not looked at.
    Wait(i64),
    /// The right password of an account that an operator deactivated.
    Deactivated,
    /// The right password of an account whose address is not confirmed yet.
    Unverified(AccountId),
    /// The right password, declared void by its owner: another one has to be chosen, by mail.
    Void,
    /// The right password, but as many accounts are logged in in this browser as can be.
    Full,
    /// Too many passwords are being checked: answer 503.
    Busy,
}

/// What a right password led to.
#[derive(Debug, Clone, Copy)]
pub enum Noted<'a> {
    /// A log-in.
    LoggedIn(&'a LoggedIn),
    /// The first half of one.
    Half(&'a HalfLogin),
}

/// Logs in by password. `noted` runs in the transaction in which the password was right, so that whoever waits for it
/// (an interaction) knows of it at once, and keeps what is half done; what it makes of it is returned beside the outcome.
pub async fn log_in<F, N>(
    accounts: &Accounts,
    actor: &Actor,
    attempt: Attempt,
    noted: F,
) -> Result<(Outcome, Option<N>)>
where
    F: Fn(&mut Tx<'_>, Noted<'_>) -> Result<N> + Send + Sync + 'static,
    N: Send + 'static,
{
    log_in_by(accounts, actor, attempt, noted, async |password, phc| accounts.passwords.verify(password, phc).await)
        .await
}

/// [`log_in`], with the check of a hash as an argument.
pub(super) async fn log_in_by<F, N, V>(
    accounts: &Accounts,
    actor: &Actor,
    attempt: Attempt,
    noted: F,
    verify: V,
) -> Result<(Outcome, Option<N>)>
where
    F: Fn(&mut Tx<'_>, Noted<'_>) -> Result<N> + Send + Sync + 'static,
    N: Send + 'static,
    V: AsyncFn(Password, Option<Phc>) -> std::result::Result<Check, Busy>,
{
    let (attempt, noted) = (Arc::new(attempt), Arc::new(noted));
    for _ in 0..ROUNDS {
        let (now, address) = (accounts.now(), actor.address);
        let (sought, parts) = (attempt.clone(), accounts.clone());
        let (found, verdict) = accounts
            .read(move |conn| {
                let found = look_up(conn, &parts, &sought, address, now)?;
                let verdict = throttle::check(conn, &found.subjects, now)?;
                Ok((found, verdict))
            })
            .await?;
        if let Verdict::Wait(seconds) = verdict {
            return Ok((Outcome::Wait(seconds), None));
        }
        let Ok(check) = verify(attempt.password.clone(), found.phc.clone()).await else {
            return Ok((Outcome::Busy, None));
        };
        let rehashed = match check.needs_rehash {
            // A queue that is full now does not keep anybody out: the next log-in hashes anew.
            true => accounts.passwords.hash(attempt.password.clone()).await.ok(),
            false => None,
        };
        let proof = Proof { found, matches: check.matches, rehashed };
        let (sought, parts, noted) = (attempt.clone(), accounts.clone(), noted.clone());
        let outcome = accounts.write(actor, move |tx| decide(tx, &parts, &sought, &proof, &*noted)).await?;
        if let Some(outcome) = outcome {
            return Ok(outcome);
        }
    }
    Ok((Outcome::Wrong, None))
}

/// What is known before the password is checked.
struct Found {
    account: Option<Account>,
    phc: Option<Phc>,
    /// The password opens nothing any more.
    is_void: bool,
    is_known_device: bool,
    subjects: Vec<Subject>,
}

/// A checked password, and what it was checked against.
struct Proof {
    found: Found,
    matches: bool,
    rehashed: Option<Phc>,
}

fn look_up(
    conn: &mut Conn,
    accounts: &Accounts,
    attempt: &Attempt,
    from: Option<IpAddr>,
    now: Timestamp,
) -> Result<Found> {
    let account = account::find_by_email(conn, &attempt.email)?;
    // Where there is no account, the same questions are asked of one that there is not.
    let id = account.as_ref().map_or_else(|| AccountId::new(now), |account| account.id.clone());
    let (phc, is_void) = password::find_any(conn, &id)?.map(|kept| (kept.phc, kept.is_void)).unzip();
    let device = attempt.entering.device.as_ref();
    let known = device.map(|token| devices::is_known(conn, token, &id, now)).transpose()?.unwrap_or(false);
    let subjects = match device {
        _ if !attempt.throttle => Vec::new(),
        // Whatever others do to the account or in the network, a device of its owner has a counter of its own.
        Some(token) if known => vec![Subject::device(&accounts.key, Purpose::LogIn, &token.hash(), &id)],
        _ => throttle::subjects(&accounts.key, Purpose::LogIn, Some(attempt.email.normalized()), from),
    };
    Ok(Found { account, phc, is_void: is_void.unwrap_or(false), is_known_device: known, subjects })
}

/// The one write. `None`: what was verified is no longer so; look again.
fn decide<N>(
    tx: &mut Tx<'_>,
    accounts: &Accounts,
    attempt: &Attempt,
    proof: &Proof,
    noted: &dyn Fn(&mut Tx<'_>, Noted<'_>) -> Result<N>,
) -> Result<Option<(Outcome, Option<N>)>> {
    let present = look_up(tx.conn, accounts, attempt, tx.actor.address, tx.now)?;
    if present.phc != proof.found.phc
        || present.account.as_ref().map(|a| &a.id) != proof.found.account.as_ref().map(|a| &a.id)
    {
        return Ok(None);
    }
    // Guesses sent at once were all allowed to begin; as soon as one too many has failed, the others learn nothing.
    if let Verdict::Wait(seconds) = throttle::check(tx.conn, &present.subjects, tx.now)? {
        return Ok(Some((Outcome::Wait(seconds), None)));
    }
    let outcome = match &present.account {
        Some(account) if proof.matches => match account.status {
            // Who closed the account opens it again by a whole log-in; the session is good for nothing else until then.
            AccountStatus::Active | AccountStatus::Deactivated if closure::may_enter(tx.conn, account)? => {
                if present.is_void {
                    let details = json!({ "reason": "void password" });
                    audit::record(tx, "login.refused", Target::account(&account.id), details)?;
                    Outcome::Void
                } else if attempt.entering.has_no_room_for(&account.id) {
                    Outcome::Full
                } else {
                    return succeed(tx, accounts, attempt, proof, &present, account, noted).map(Some);
                }
            }
            AccountStatus::Unverified => Outcome::Unverified(account.id.clone()),
            AccountStatus::Active | AccountStatus::Deactivated => {
                audit::record(tx, "login.refused", Target::account(&account.id), json!({ "reason": "deactivated" }))?;
                Outcome::Deactivated
            }
            AccountStatus::Deleted => Outcome::Wrong,
        },
        _ => {
            fail(tx, accounts, attempt, &present)?;
            Outcome::Wrong
        }
    };
    Ok(Some((outcome, None)))
}

fn succeed<N>(
    tx: &mut Tx<'_>,
    accounts: &Accounts,
    attempt: &Attempt,
    proof: &Proof,
    present: &Found,
    account: &Account,
    noted: &dyn Fn(&mut Tx<'_>, Noted<'_>) -> Result<N>,
) -> Result<(Outcome, Option<N>)> {
    let id = &account.id;
    if let (Some(old), Some(new)) = (&present.phc, &proof.rehashed) {
        password::rehash(tx, id, old, new)?;
    }
    let circumstances = circumstances(tx, accounts, attempt, present, id)?;
    if present.is_known_device {
        for subject in &present.subjects {
            throttle::clear(tx, subject)?;
        }
    }
    if let Demand::Proof(methods) = second_step::demanded(tx.conn, id, circumstances)? {
        let half = HalfLogin::begin(tx, &attempt.entering, id, methods)?;
        let made = noted(tx, Noted::Half(&half))?;
        return Ok((Outcome::SecondStep(half), Some(made)));
    }
    if let Some(device) = attempt.entering.device.as_ref().filter(|_| circumstances.remembered) {
        remembered::note_use(tx, device, id)?;
    }
    let logged_in = enter(tx, &attempt.entering, id, Authentication::password())?;
    let login = &logged_in.login;
    let details = json!({ "login": login.id, "amr": login.amr, "known_device": present.is_known_device });
    audit::record(tx, "login.succeeded", Target::account(id), details)?;
    let made = noted(tx, Noted::LoggedIn(&logged_in))?;
    Ok((Outcome::LoggedIn(logged_in), Some(made)))
}

fn circumstances(
    tx: &mut Tx<'_>,
    accounts: &Accounts,
    attempt: &Attempt,
    present: &Found,
    account: &AccountId,
) -> Result<second_step::Circumstances> {
    let entering = &attempt.entering;
    let remembered = match &entering.device {
        Some(device) => remembered::is_remembered(tx.conn, device, account, tx.now)?,
        None => false,
    };
    let guessed = Subject::of(&accounts.key, Purpose::LogIn, attempt.email.normalized());
    let suspicious =
        attempt.throttle && !present.is_known_device && throttle::tries(tx.conn, &guessed, tx.now)? >= WARNING_AFTER;
    Ok(second_step::Circumstances {
        remembered,
        no_sparing: !attempt.may_be_spared || entering.renews(account),
        suspicious,
    })
}

fn fail(tx: &mut Tx<'_>, accounts: &Accounts, attempt: &Attempt, present: &Found) -> Result<()> {
    let at = Subject::of(&accounts.key, Purpose::LogIn, attempt.email.normalized());
    for subject in &present.subjects {
        let counter = throttle::count(tx, subject)?;
        if *subject == at
            && let Some(account) = present.account.as_ref().filter(|account| account.is_active())
            && throttle::claim_warning(tx, subject, &counter, WARNING_AFTER)?
        {
            let mail = Mail::LoginAttack { failures: counter.failures, circumstances: Circumstances::of(tx) };
            outbox::enqueue(tx, &accounts.key, &account.email.address, Some(&account.id), &mail)?;
            audit::record(tx, "login.attacked", Target::account(&account.id), json!({ "failures": counter.failures }))?;
        }
    }
    let target = match &present.account {
        Some(account) => Target::account(&account.id),
        None => Target { kind: "unknown_address", id: at.key() },
    };
    audit::record(tx, "login.failed", target, json!({ "known_device": present.is_known_device }))
}
