mod equal_work;
mod second;

use super::password::{WARNING_AFTER, log_in_by};
use super::*;
use crate::account::{self, AccountStatus, DisplayName, NewAccount};
use crate::credential::password::{Costs, Password, Passwords, Phc};
use crate::email::Email;
use crate::secret::Token;
use crate::session::{self, Lifetimes, Session};
use crate::testing::TestAccounts;
use crate::{AccountId, Accounts, Actor, Tx, audit, credential};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const LIFETIMES: Lifetimes = Lifetimes { idle_seconds: 3600 * 24, absolute_seconds: 3600 * 24 * 90 };
const RIGHT: &str = "plinth gumbo weather";

fn account(t: &TestAccounts, email: &str, status: AccountStatus, password: Option<&str>) -> AccountId {
    let new = NewAccount {
        verified: status != AccountStatus::Unverified,
        ..NewAccount::of_person(Email::parse(email).unwrap(), DisplayName::parse("Alice").unwrap())
    };
    let phc = password.map(|text| t.accounts.passwords.hash_blocking(&Password::typed(text)));
    let make = move |tx: &mut Tx<'_>| {
        let id = account::create(tx, &new)?.expect("a free address").id;
        if let Some(phc) = &phc {
            credential::password::put(tx, &id, phc)?;
        }
        if status == AccountStatus::Deactivated {
            account::set_status(tx, &id, AccountStatus::Active, status, None)?;
        }
        Ok(id)
    };
    t.accounts.write_blocking(&Actor::system(), make).unwrap()
}

fn alice(t: &TestAccounts) -> AccountId {
    account(t, "alice@example.test", AccountStatus::Active, Some(RIGHT))
}

fn from(address: &str) -> Actor {
    Actor { address: address.parse().ok(), user_agent: "Firefox/1 Linux".into(), ..Actor::system() }
}

fn attempt(email: &str, password: &str) -> Attempt {
    Attempt {
        email: Email::parse(email).unwrap(),
        password: Password::typed(password),
        entering: Entering { session: None, device: None, lifetimes: LIFETIMES },
        may_be_spared: true,
        throttle: true,
    }
}

/// The same try on a device.
fn on(device: Option<Token>, attempt: Attempt) -> Attempt {
    Attempt { entering: Entering { device, ..attempt.entering.clone() }, ..attempt }
}

/// The same try in a session.
fn within(session: Option<Session>, attempt: Attempt) -> Attempt {
    Attempt { entering: Entering { session, ..attempt.entering.clone() }, ..attempt }
}

async fn go(t: &TestAccounts, address: &str, attempt: Attempt) -> Outcome {
    log_in(&t.accounts, &from(address), attempt, |_, _| Ok(())).await.unwrap().0
}

async fn logged_in(t: &TestAccounts, address: &str, attempt: Attempt) -> LoggedIn {
    match go(t, address, attempt).await {
        Outcome::LoggedIn(logged_in) => logged_in,
        other => panic!("{other:?}"),
    }
}

/// Tries wrong passwords, each as soon as it may be tried, and tells what each brought.
async fn guess(t: &TestAccounts, address: &str, email: &str, times: usize) -> Vec<String> {
    let mut seen = Vec::new();
    for _ in 0..times {
        let outcome = go(t, address, attempt(email, "wrong")).await;
        seen.push(format!("{outcome:?}"));
        if let Outcome::Wait(seconds) = outcome {
            t.clock.advance(Duration::from_secs(seconds.unsigned_abs()));
        }
    }
    seen
}

fn session_of(t: &TestAccounts, cookie: &Token) -> Option<Session> {
    let now = t.accounts.now();
    t.accounts.db.read_blocking(|c| session::find(c, &cookie.hash(), now, &LIFETIMES)).unwrap()
}

fn audited(t: &TestAccounts, id: &AccountId) -> Vec<String> {
    let entries = t.accounts.db.read_blocking(|c| audit::of_target(c, "account", id.as_str(), 200)).unwrap();
    entries.into_iter().map(|entry| entry.action).collect()
}

#[tokio::test]
async fn the_right_password_opens_a_session_and_makes_the_device_known() {
    let t = TestAccounts::create();
    let id = alice(&t);
    let actor = from("192.0.2.1");
    let outcome = log_in(&t.accounts, &actor, attempt("Alice@Example.test", RIGHT), |_, noted| {
        let Noted::LoggedIn(logged_in) = noted else { panic!("half a log-in") };
        Ok(logged_in.login.id.clone())
    });
    let (Outcome::LoggedIn(done), noted) = outcome.await.unwrap() else { panic!("not logged in") };
    assert_eq!(session_of(&t, &done.session).unwrap().current(), Some(&done.login));
    assert_eq!(noted.as_ref(), Some(&done.login.id));
    let now = t.accounts.now();
    let known = |token: &Token, at| t.accounts.db.read_blocking(|c| devices::is_known(c, token, &id, at)).unwrap();
    assert!(known(&done.device, now) && !known(&Token::generate(), now));
    assert!(!known(&done.device, now.plus_seconds(devices::LIFETIME_SECONDS)));
    assert!(audited(&t, &id).contains(&"login.succeeded".to_owned()));
}

/// Enumeration: the same outcome after the same work.
#[tokio::test]
async fn a_wrong_password_an_unknown_address_and_no_password_are_alike() {
    let t = TestAccounts::create();
    alice(&t);
    account(&t, "bare@example.test", AccountStatus::Active, None);
    account(&t, "off@example.test", AccountStatus::Deactivated, Some(RIGHT));
    account(&t, "new@example.test", AccountStatus::Unverified, Some(RIGHT));
    let mut courses = Vec::new();
    for (n, name) in ["alice", "bare", "off", "new", "nobody"].into_iter().enumerate() {
        let (checks, email) = (AtomicUsize::new(0), format!("{name}@example.test"));
        let mut course = Vec::new();
        for _ in 0..14 {
            let check = async |password: Password, phc: Option<Phc>| {
                checks.fetch_add(1, Ordering::SeqCst);
                t.accounts.passwords.verify(password, phc).await
            };
            let actor = from(&format!("192.0.{n}.1"));
            let outcome = log_in_by(&t.accounts, &actor, attempt(&email, "wrong"), |_, _| Ok(()), check);
            let (outcome, _) = outcome.await.unwrap();
            course.push(format!("{outcome:?} after {}", checks.swap(0, Ordering::SeqCst)));
            if let Outcome::Wait(seconds) = outcome {
                t.clock.advance(Duration::from_secs(seconds.unsigned_abs()));
            }
        }
        courses.push(course);
    }
    assert_eq!(
        courses[0][..9],
        [
            "Wrong after 1",
            "Wrong after 1",
            "Wrong after 1",
            "Wrong after 1",
            "Wrong after 1",
            "Wrong after 1",
            "Wait(2) after 0",
            "Wrong after 1",
            "Wait(4) after 0",
        ]
    );
    for course in &courses[1..] {
        assert_eq!(*course, courses[0]);
    }
}

#[tokio::test]
async fn the_state_of_an_account_is_told_after_the_right_password_only() {
    let t = TestAccounts::create();
    let off = account(&t, "off@example.test", AccountStatus::Deactivated, Some(RIGHT));
    let new = account(&t, "new@example.test", AccountStatus::Unverified, Some(RIGHT));
    for email in ["off@example.test", "new@example.test"] {
        assert!(matches!(go(&t, "192.0.2.1", attempt(email, "wrong")).await, Outcome::Wrong));
    }
    assert!(matches!(go(&t, "192.0.2.1", attempt("off@example.test", RIGHT)).await, Outcome::Deactivated));
    assert!(audited(&t, &off).contains(&"login.refused".to_owned()));
    let outcome = go(&t, "192.0.2.1", attempt("new@example.test", RIGHT)).await;
    assert!(matches!(outcome, Outcome::Unverified(id) if id == new));
}

#[tokio::test]
async fn while_one_waits_the_right_password_is_not_looked_at() {
    let t = TestAccounts::create();
    alice(&t);
    for _ in 0..6 {
        go(&t, "192.0.2.1", attempt("alice@example.test", "wrong")).await;
    }
    assert!(matches!(go(&t, "198.51.100.1", attempt("alice@example.test", RIGHT)).await, Outcome::Wait(2)));
    assert!(matches!(
        go(&t, "198.51.100.1", Attempt { throttle: false, ..attempt("alice@example.test", RIGHT) }).await,
        Outcome::LoggedIn(_)
    ));
    t.clock.advance(Duration::from_secs(2));
    assert!(matches!(go(&t, "198.51.100.1", attempt("alice@example.test", RIGHT)).await, Outcome::LoggedIn(_)));
}

/// An attacker cannot lock the owner out, neither by the account's counter nor from the owner's own network.
#[tokio::test]
async fn a_device_that_logged_in_before_is_untouched_by_an_attack() {
    let t = TestAccounts::create();
    alice(&t);
    let device = logged_in(&t, "192.0.2.1", attempt("alice@example.test", RIGHT)).await.device;
    guess(&t, "192.0.2.1", "alice@example.test", 60).await;
    for n in 0..60 {
        go(&t, "192.0.2.1", attempt(&format!("other{n}@example.test"), "wrong")).await;
    }
    for email in ["alice@example.test", "bob@example.test"] {
        assert!(
            matches!(go(&t, "192.0.2.1", attempt(email, RIGHT)).await, Outcome::Wait(_)),
            "{email} elsewhere waits"
        );
    }
    let mine = |password| on(Some(device.clone()), attempt("alice@example.test", password));
    // Its own counter allows some typing errors and then slows down too: a stolen cookie is no free pass.
    for _ in 0..9 {
        assert!(matches!(go(&t, "192.0.2.1", mine("wrong")).await, Outcome::Wrong));
    }
    assert!(matches!(go(&t, "192.0.2.1", mine(RIGHT)).await, Outcome::Wait(2)));
    t.clock.advance(Duration::from_secs(2));
    let device = logged_in(&t, "192.0.2.1", mine(RIGHT)).await.device;
    let again = on(Some(device), attempt("alice@example.test", "wrong"));
    assert!(matches!(go(&t, "192.0.2.1", again).await, Outcome::Wrong), "a success clears the device's counter");
    let planted = on(Some(Token::generate()), attempt("alice@example.test", RIGHT));
    assert!(matches!(go(&t, "192.0.2.1", planted).await, Outcome::Wait(_)), "an unknown token is no device");
}

#[tokio::test]
async fn a_device_token_is_of_one_use_and_keeps_its_other_accounts() {
    let t = TestAccounts::create();
    let (a, b) = (alice(&t), account(&t, "bob@example.test", AccountStatus::Active, Some(RIGHT)));
    let first = logged_in(&t, "192.0.2.1", attempt("alice@example.test", RIGHT)).await.device;
    let with = on(Some(first.clone()), attempt("bob@example.test", RIGHT));
    let second = logged_in(&t, "192.0.2.1", with).await.device;
    let now = t.accounts.now();
    let known =
        |token: &Token, id: &AccountId| t.accounts.db.read_blocking(|c| devices::is_known(c, token, id, now)).unwrap();
    assert!(known(&second, &a) && known(&second, &b));
    assert!(!known(&first, &a) && !known(&first, &b));
    let with = on(Some(second.clone()), attempt("bob@example.test", RIGHT));
    let third = logged_in(&t, "192.0.2.1", with).await.device;
    assert!(known(&third, &a) && known(&third, &b));
    let forgotten = b.clone();
    t.accounts.write_blocking(&Actor::system(), move |tx| devices::forget_all(tx, &forgotten)).unwrap();
    assert!(known(&third, &a) && !known(&third, &b));
}

#[tokio::test]
async fn the_owner_is_warned_once_a_day() {
    let t = TestAccounts::create();
    let id = alice(&t);
    let warnings = |t: &TestAccounts| audited(t, &id).iter().filter(|action| *action == "login.attacked").count();
    let tries = usize::try_from(WARNING_AFTER).unwrap();
    // Half of the later tries are told to wait.
    guess(&t, "192.0.2.1", "alice@example.test", tries - 2).await;
    assert_eq!(warnings(&t), 0);
    guess(&t, "192.0.2.1", "alice@example.test", tries * 3).await;
    assert_eq!(warnings(&t), 1);
    t.clock.advance(Duration::from_secs(12 * 3600));
    guess(&t, "192.0.2.1", "alice@example.test", 4).await;
    assert_eq!(warnings(&t), 1);
    t.clock.advance(Duration::from_secs(12 * 3600));
    guess(&t, "192.0.2.1", "alice@example.test", 4).await;
    assert_eq!(warnings(&t), 2);
}

/// Guesses sent at once must not all be answered because none had failed yet when they began.
#[tokio::test]
async fn parallel_guesses_learn_no_more_than_guesses_in_a_row() {
    let t = TestAccounts::create();
    alice(&t);
    let answered = AtomicUsize::new(0);
    let mut running: Vec<_> = (0..24)
        .map(|n| {
            let guess = attempt("alice@example.test", &format!("guess {n}"));
            let (t, answered) = (&t, &answered);
            Box::pin(async move {
                let wrong = matches!(go(t, &format!("203.0.{n}.1"), guess).await, Outcome::Wrong);
                answered.fetch_add(usize::from(wrong), Ordering::SeqCst);
            })
        })
        .collect();
    // All of them have read that nothing stands in their way before the first is judged.
    std::future::poll_fn(|cx| {
        running.retain_mut(|task| task.as_mut().poll(cx).is_pending());
        if running.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    assert_eq!(answered.load(Ordering::SeqCst), 6);
}

#[tokio::test]
async fn a_password_changed_while_it_was_checked_counts_no_more() {
    let t = TestAccounts::create();
    let id = alice(&t);
    let changes = AtomicUsize::new(0);
    let check = async |password: Password, phc: Option<Phc>| {
        let verdict = t.accounts.passwords.verify(password, phc).await;
        if changes.fetch_add(1, Ordering::SeqCst) == 0 {
            let (id, new) = (id.clone(), t.accounts.passwords.hash(Password::typed("another one")).await?);
            let change = move |tx: &mut Tx<'_>| credential::password::put(tx, &id, &new);
            t.accounts.write(&Actor::system(), change).await.unwrap();
        }
        verdict
    };
    let actor = from("192.0.2.1");
    let outcome = log_in_by(&t.accounts, &actor, attempt("alice@example.test", RIGHT), |_, _| Ok(()), check);
    assert!(matches!(outcome.await.unwrap(), (Outcome::Wrong, None)));
    assert_eq!(changes.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_hash_of_older_settings_is_made_anew_at_log_in() {
    let t = TestAccounts::create();
    let id = alice(&t);
    let phc = || t.accounts.db.read_blocking(|c| credential::password::find(c, &id)).unwrap();
    let before = phc();
    logged_in(&t, "192.0.2.1", attempt("alice@example.test", RIGHT)).await;
    assert_eq!(phc(), before);
    let key = crate::secret::InstallationKey::new(&[42; 32]);
    let dearer = Passwords::new(Costs::new(16, 2, 1).unwrap(), None);
    let accounts = Accounts::with_passwords(t.database.open(), t.clock.clone(), key, dearer);
    let actor = from("192.0.2.1");
    for expected in [true, false] {
        let before = phc();
        let outcome = log_in(&accounts, &actor, attempt("alice@example.test", RIGHT), |_, _| Ok(()));
        assert!(matches!(outcome.await.unwrap(), (Outcome::LoggedIn(_), Some(()))));
        assert_eq!(phc() != before, expected);
    }
}

/// Session fixation: a cookie from before the log-in is worth nothing after it.
#[tokio::test]
async fn each_log_in_has_a_new_cookie_and_a_renewed_one_keeps_its_sid() {
    let t = TestAccounts::create();
    alice(&t);
    account(&t, "bob@example.test", AccountStatus::Active, Some(RIGHT));
    let first = logged_in(&t, "192.0.2.1", attempt("alice@example.test", RIGHT)).await;
    t.clock.advance(Duration::from_secs(60));
    let present = session_of(&t, &first.session);
    let renewed = logged_in(&t, "192.0.2.1", within(present, attempt("alice@example.test", RIGHT))).await;
    assert_eq!(renewed.login.id, first.login.id);
    assert_eq!(renewed.login.authenticated_at, t.accounts.now());
    assert!(session_of(&t, &first.session).is_none());
    let present = session_of(&t, &renewed.session);
    assert_eq!(present.as_ref().unwrap().current(), Some(&renewed.login));
    let second = logged_in(&t, "192.0.2.1", within(present, attempt("bob@example.test", RIGHT))).await;
    assert!(session_of(&t, &renewed.session).is_none());
    assert_eq!(session_of(&t, &second.session).unwrap().logins.len(), 2);
}
