use super::*;
use crate::Actor;
use crate::testing::{START, TestAccounts};
use std::net::IpAddr;
use std::time::Duration;

const RULE: Rule = Rule { free: 3, first_wait_seconds: 2, longest_wait_seconds: 900, window_seconds: 3600 };

fn counter(failures: i64, blocked_for: i64, expires_in: i64) -> Counter {
    Counter {
        failures,
        first_failure_at: START,
        blocked_until: START.plus_seconds(blocked_for),
        notified_at: None,
        expires_at: START.plus_seconds(expires_in),
    }
}

#[test]
fn delays_grow_from_nothing_to_a_quarter_of_an_hour() {
    let cases =
        [(0, 0), (1, 0), (3, 0), (4, 2), (5, 4), (6, 8), (11, 256), (12, 512), (13, 900), (14, 900), (i64::MAX, 900)];
    for (tries, seconds) in cases {
        assert_eq!(RULE.wait_seconds(tries), seconds, "after {tries} tries");
    }
}

#[test]
fn a_counter_blocks_until_its_instant_and_not_beyond() {
    let cases = [
        (None, 0, Verdict::Allowed),
        (Some(counter(3, 0, 3600)), 0, Verdict::Allowed),
        (Some(counter(5, 4, 3600)), 0, Verdict::Wait(4)),
        (Some(counter(5, 4, 3600)), 3, Verdict::Wait(1)),
        (Some(counter(5, 4, 3600)), 4, Verdict::Allowed),
        (Some(counter(9, 900, 60)), 60, Verdict::Allowed),
    ];
    for (counter, after, verdict) in cases {
        assert_eq!(
            Counter::verdict(counter.as_ref(), START.plus_seconds(after)),
            verdict,
            "{counter:?} after {after} s"
        );
    }
    let half = Timestamp::from_micros(START.as_micros() + 3_500_000);
    assert_eq!(
        Counter::verdict(Some(&counter(5, 4, 3600)), half),
        Verdict::Wait(1),
        "parts of a second are rounded up"
    );
}

#[test]
fn a_quiet_window_forgets_and_a_try_lengthens_it() {
    let first = RULE.after_try(None, START);
    assert_eq!((first.failures, first.expires_at), (1, START.plus_seconds(3600)));
    let later = RULE.after_try(Some(&first), START.plus_seconds(3599));
    assert_eq!((later.failures, later.first_failure_at), (2, START));
    assert_eq!(later.expires_at, START.plus_seconds(3599 + 3600));
    let forgotten = RULE.after_try(Some(&first), START.plus_seconds(3600));
    assert_eq!((forgotten.failures, forgotten.first_failure_at), (1, START.plus_seconds(3600)));
}

#[test]
fn a_warning_is_due_once_a_day() {
    let warned = Counter { notified_at: Some(START), ..counter(20, 0, 3600) };
    assert!(counter(10, 0, 3600).warning_is_due(10, START));
    assert!(!counter(9, 0, 3600).warning_is_due(10, START));
    assert!(!warned.warning_is_due(10, START.plus_seconds(86_399)));
    assert!(warned.warning_is_due(10, START.plus_seconds(86_400)));
}

#[test]
fn neighbours_share_a_network_as_far_as_one_customer_reaches() {
    let t = TestAccounts::create();
    let keys = |address: &str| {
        let address: IpAddr = address.parse().unwrap();
        Subject::networks(&t.accounts.key, Purpose::LogIn, address).map(|s| s.key().to_owned())
    };
    let cases = [
        ("192.0.2.1", "192.0.2.2", false, true),
        ("192.0.2.1", "192.0.3.1", false, false),
        ("192.0.2.1", "::ffff:192.0.2.1", true, true),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true, true),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", false, true),
        ("2001:db8:1:2::1", "2001:db8:2:2::1", false, false),
    ];
    for (a, b, same, same_wider) in cases {
        let ([a1, a2], [b1, b2]) = (keys(a), keys(b));
        assert_eq!((a1 == b1, a2 == b2), (same, same_wider), "{a} and {b}");
        assert!(!a1.contains("192.0") && !a1.contains("2001"), "no address is stored");
    }
}

#[test]
fn purposes_and_addresses_have_counters_of_their_own() {
    let t = TestAccounts::create();
    let key = &t.accounts.key;
    let alice = Subject::of(key, Purpose::LogIn, "alice@example.test");
    assert_ne!(alice, Subject::of(key, Purpose::RecoveryMail, "alice@example.test"));
    assert_ne!(alice, Subject::of(key, Purpose::LogIn, "bob@example.test"));
    assert!(!alice.key().contains("alice"));
}

#[test]
fn counting_is_remembered_shared_and_cleared() {
    let t = TestAccounts::create();
    let subjects = subjects(&t.accounts.key, Purpose::SignUpMail, Some("a@example.test"), "192.0.2.1".parse().ok());
    let admit = |subjects: &[Subject]| {
        let subjects = subjects.to_vec();
        t.accounts.write_blocking(&Actor::system(), move |tx| super::admit(tx, &subjects)).unwrap()
    };
    // Three mails are free; the fourth is sent too, and begins the waiting.
    for _ in 0..4 {
        assert_eq!(admit(&subjects), Verdict::Allowed);
    }
    assert_eq!(admit(&subjects), Verdict::Wait(60));
    let other_node = t.database.open();
    let now = t.accounts.now();
    assert_eq!(other_node.read_blocking(|c| check(c, &subjects, now)).unwrap(), Verdict::Wait(60));
    t.clock.advance(Duration::from_secs(60));
    assert_eq!(admit(&subjects), Verdict::Allowed);
    assert_eq!(admit(&subjects), Verdict::Wait(120));
    assert_eq!(admit(&subjects[1..]), Verdict::Allowed, "the network still has free ones");
    let address = subjects[0].clone();
    t.accounts.write_blocking(&Actor::system(), move |tx| clear(tx, &address)).unwrap();
    assert_eq!(admit(&subjects), Verdict::Allowed);
    assert_eq!(admit(&[]), Verdict::Allowed);
}

#[test]
fn parallel_tries_are_all_counted() {
    let t = TestAccounts::create();
    let subject = Subject::of(&t.accounts.key, Purpose::LogIn, "alice@example.test");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    let subject = subject.clone();
                    t.accounts.write_blocking(&Actor::system(), move |tx| count(tx, &subject).map(|_| ())).unwrap();
                }
            });
        }
    });
    let last = t.accounts.write_blocking(&Actor::system(), move |tx| count(tx, &subject)).unwrap();
    assert_eq!(last.failures, 21);
}
