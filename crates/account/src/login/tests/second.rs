//! The second step, from below: what a half log-in is worth, and what guessing brings.

use super::*;
use crate::login::{Completion, Finished, HalfLogin, finish, remembered};
use crate::mail::Mail;
use crate::second_step::{Circumstances, Demand, Method};
use crate::session::{Acr, Amr, Authentication};
use crate::{Timestamp, revocation};

const TWO: Acr = Acr::TwoStep;

fn two_steps() -> Authentication {
    Authentication { amr: vec![Amr::Pwd, Amr::Otp, Amr::Mfa], acr: TWO }
}

/// What a right password leaves of an account from which a code is demanded.
fn half(t: &TestAccounts, account: &AccountId) -> HalfLogin {
    let now = t.accounts.now();
    let changed = t.read(|conn| credential::password::changed_at(conn, account));
    HalfLogin {
        account: account.clone(),
        amr: vec![Amr::Pwd],
        proved_at: now,
        again: false,
        methods: vec![Method::AppCode, Method::RecoveryCode],
        password_changed_at: changed,
    }
}

fn completion(method: Method) -> Completion {
    let entering = Entering { session: None, device: None, lifetimes: LIFETIMES };
    Completion { entering, method, remember: false, throttle: true }
}

/// Completes it; the code is right or wrong as told.
fn complete(t: &TestAccounts, half: &HalfLogin, completion: Completion, right: bool) -> Finished {
    let half = half.clone();
    t.write(move |tx| finish(tx, &half, &completion, |_| Ok(right.then(two_steps)), |_, _| Ok(())))
}

fn wrong(t: &TestAccounts, half: &HalfLogin) -> String {
    format!("{:?}", complete(t, half, completion(Method::AppCode), false))
}

fn warnings(t: &TestAccounts) -> Vec<i64> {
    let failures = |(_, mail)| if let Mail::SecondStepAttack { failures, .. } = mail { Some(failures) } else { None };
    t.mails().into_iter().filter_map(failures).collect()
}

#[test]
fn both_steps_make_a_session_that_tells_the_truth() {
    let t = TestAccounts::create();
    let id = alice(&t);
    let half = half(&t, &id);
    let Finished::LoggedIn(done) = complete(&t, &half, completion(Method::AppCode), true) else { panic!() };
    let session = session_of(&t, &done.session).unwrap();
    let login = session.current().unwrap();
    assert_eq!((login.account_id.clone(), login.amr.clone(), login.acr), (id.clone(), two_steps().amr, TWO));
    assert!(audited(&t, &id).contains(&"login.succeeded".to_owned()));
}

#[test]
fn half_a_log_in_is_void_after_its_time_a_new_password_or_a_deactivation() {
    let t = TestAccounts::create();
    let id = alice(&t);
    let is_void = |half: &HalfLogin, method| matches!(complete(&t, half, completion(method), true), Finished::Void);

    let late = half(&t, &id);
    t.clock.advance(Duration::from_secs(15 * 60));
    assert!(is_void(&late, Method::AppCode), "after a quarter of an hour");

    let unasked = half(&t, &id);
    assert!(is_void(&unasked, Method::MailedCode), "a method that was not offered");

    let old = half(&t, &id);
    t.clock.advance(Duration::from_secs(1));
    let phc = t.accounts.passwords.hash_blocking(&Password::typed("another one of them"));
    let changing = id.clone();
    t.write(move |tx| credential::password::put(tx, &changing, &phc));
    assert!(is_void(&old, Method::AppCode), "after another password");

    let present = half(&t, &id);
    let off = id.clone();
    t.write(move |tx| account::set_status(tx, &off, AccountStatus::Active, AccountStatus::Deactivated, None));
    assert!(is_void(&present, Method::AppCode), "after a deactivation");
}

#[test]
fn ten_guesses_an_hour_whatever_they_are_and_wherever_they_come_from() {
    let t = TestAccounts::create();
    let id = alice(&t);
    let mut allowed: Vec<Timestamp> = Vec::new();
    for n in 0..60_i64 {
        let half = half(&t, &id);
        let method = if n % 2 == 0 { Method::AppCode } else { Method::RecoveryCode };
        match complete(&t, &half, completion(method), false) {
            Finished::Wrong => allowed.push(t.accounts.now()),
            Finished::Wait(seconds) => assert!((1..=3600).contains(&seconds)),
            other => panic!("{other:?}"),
        }
        t.clock.advance(Duration::from_secs(240));
    }
    for start in &allowed {
        let within = allowed.iter().filter(|at| *at >= start && **at < start.plus_seconds(3600)).count();
        assert!(within <= 10, "{within} guesses within an hour");
    }
    assert!(allowed.len() >= 20, "it goes on afterwards");
    assert_eq!(warnings(&t), [5], "the owner is told, once a day");
}

#[test]
fn guesses_sent_at_once_are_ten_too() {
    let t = TestAccounts::create();
    let id = alice(&t);
    let half = half(&t, &id);
    let looked_at = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    if wrong(&t, &half) == "Wrong" {
                        looked_at.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    assert_eq!(looked_at.load(Ordering::SeqCst), 10);
}

#[test]
fn a_right_code_gives_nobody_more_guesses_and_passkeys_and_trusted_devices_go_on() {
    let t = TestAccounts::create();
    let id = alice(&t);
    let half = half(&t, &id);
    let Finished::LoggedIn(mine) =
        complete(&t, &half, Completion { remember: true, ..completion(Method::AppCode) }, true)
    else {
        panic!()
    };
    for _ in 0..9 {
        assert_eq!(wrong(&t, &half), "Wrong");
    }
    assert!(matches!(complete(&t, &half, completion(Method::AppCode), true), Finished::LoggedIn(_)));
    assert_eq!(wrong(&t, &half), "Wrong", "the tenth");
    assert!(matches!(complete(&t, &half, completion(Method::AppCode), true), Finished::Wait(_)));
    let passkey = HalfLogin { methods: vec![Method::Passkey, Method::AppCode], ..half.clone() };
    assert!(matches!(complete(&t, &passkey, completion(Method::Passkey), true), Finished::LoggedIn(_)));
    let trusted = Completion {
        entering: Entering { device: Some(mine.device), ..completion(Method::AppCode).entering },
        ..completion(Method::AppCode)
    };
    assert!(matches!(complete(&t, &half, trusted, true), Finished::LoggedIn(_)));
    let free = Completion { throttle: false, ..completion(Method::AppCode) };
    assert!(matches!(complete(&t, &half, free, true), Finished::LoggedIn(_)));
}

#[test]
fn a_remembered_device_moves_with_its_cookie_for_thirty_days_and_ends_with_the_password() {
    let t = TestAccounts::create();
    let (id, half) = {
        let id = alice(&t);
        (id.clone(), half(&t, &id))
    };
    let Finished::LoggedIn(first) =
        complete(&t, &half, Completion { remember: true, ..completion(Method::AppCode) }, true)
    else {
        panic!()
    };
    let is = |token: &Token| {
        let now = t.accounts.now();
        t.read(|conn| remembered::is_remembered(conn, token, &id, now))
    };
    assert!(is(&first.device) && !is(&Token::generate()));
    let (present, owner) = (first.device.clone(), id.clone());
    let second = t.write(move |tx| devices::remember(tx, Some(&present), &owner));
    assert!(is(&second) && !is(&first.device), "the old cookie is worth nothing");
    let others = account(&t, "bob@example.test", AccountStatus::Active, Some(RIGHT));
    let now = t.accounts.now();
    assert!(!t.read(|conn| remembered::is_remembered(conn, &second, &others, now)), "another account");

    let listed = t.read(|conn| remembered::list(conn, &id, now));
    let row = listed[0].id.clone();
    let (stranger, one) = (others.clone(), row.clone());
    assert!(!t.write(move |tx| remembered::forget(tx, &stranger, &one)), "not theirs to forget");
    t.clock.advance(Duration::from_secs(30 * 24 * 3600 - 3600));
    assert!(is(&second));
    t.clock.advance(Duration::from_secs(3600));
    assert!(!is(&second), "after thirty days");

    let (owner, token) = (id.clone(), second.clone());
    t.write(move |tx| remembered::remember(tx, &token, &owner));
    assert!(is(&second));
    let owner = id.clone();
    t.write(move |tx| revocation::everything(tx, &owner));
    assert!(!is(&second), "after a recovery");
}

#[tokio::test]
async fn while_its_password_is_guessed_a_stranger_device_is_asked_for_a_mailed_code() {
    let t = TestAccounts::create();
    let id = alice(&t);
    let known = logged_in(&t, "192.0.2.1", attempt("alice@example.test", RIGHT)).await.device;
    guess(&t, "198.51.100.1", "alice@example.test", 24).await;
    t.clock.advance(Duration::from_secs(16 * 60));
    let new = go(&t, "203.0.113.1", attempt("alice@example.test", RIGHT)).await;
    let Outcome::SecondStep(half) = new else { panic!("{new:?}") };
    assert_eq!((half.account, half.methods), (id.clone(), vec![Method::MailedCode]));
    let mine = on(Some(known), attempt("alice@example.test", RIGHT));
    assert!(matches!(go(&t, "203.0.113.1", mine).await, Outcome::LoggedIn(_)), "the owner's device");
    let free = Attempt { throttle: false, ..attempt("alice@example.test", RIGHT) };
    assert!(matches!(go(&t, "203.0.113.1", free).await, Outcome::LoggedIn(_)), "with limits.throttle off");
    let demand = t.read(|conn| crate::second_step::demanded(conn, &id, Circumstances::default()));
    assert_eq!(demand, Demand::Nothing);
}
