use super::*;
use crate::testing::TestAccounts;
use std::time::Duration;

const HERE: &[u8] = b"this browser, this interaction";

fn sent(t: &TestAccounts, account: &AccountId, bound_to: &'static [u8]) -> String {
    let id = account.clone();
    assert_eq!(t.write(move |tx| send(tx, &id, bound_to, false)), Sent::Done);
    match t.mails().pop() {
        Some((_, Mail::LoginCode { code, .. })) => code,
        other => panic!("{other:?}"),
    }
}

fn take(t: &TestAccounts, account: &AccountId, code: &str, bound_to: &'static [u8]) -> bool {
    let (id, code) = (account.clone(), code.to_owned());
    t.write(move |tx| spend(tx, &id, &code, bound_to))
}

fn another(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[test]
fn a_code_works_once_where_it_was_sent_for_however_it_is_typed() {
    let t = TestAccounts::create();
    let (alice, bob) = (t.person("alice@example.test").id, t.person("bob@example.test").id);
    let code = sent(&t, &alice, HERE);
    assert!(!take(&t, &alice, &code, b"another browser"));
    assert!(!take(&t, &bob, &code, HERE), "another account");
    let (first, last) = code.split_at(3);
    assert!(take(&t, &alice, &format!(" {first} {last}\t"), HERE));
    assert!(!take(&t, &alice, &code, HERE), "twice");
}

#[test]
fn a_code_dies_with_time_tries_or_a_newer_one() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    let old = sent(&t, &alice, HERE);
    let new = sent(&t, &alice, HERE);
    assert!(old == new || !take(&t, &alice, &old, HERE));
    assert!(take(&t, &alice, &new, HERE));

    let late = sent(&t, &alice, HERE);
    t.clock.advance(Duration::from_secs(CODE_SECONDS.unsigned_abs()));
    assert!(!take(&t, &alice, &late, HERE), "after a quarter of an hour");

    let guessed = sent(&t, &alice, HERE);
    for _ in 0..TRIES {
        assert!(!take(&t, &alice, &another(&guessed), HERE));
    }
    assert!(!take(&t, &alice, &guessed, HERE), "after five tries");
}

#[test]
fn of_many_who_type_the_code_at_once_one_gets_in() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    let code = sent(&t, &alice, HERE);
    let winners = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..5)
            .map(|_| {
                let (t, alice, code) = (&t, alice.clone(), code.clone());
                scope.spawn(move || {
                    let spend = move |tx: &mut Tx<'_>| spend(tx, &alice, &code, HERE);
                    t.accounts.write_blocking(&crate::Actor::system(), spend).unwrap()
                })
            })
            .collect();
        tries.into_iter().map(|thread| thread.join().unwrap()).filter(|won| *won).count()
    });
    assert_eq!(winners, 1);
}

#[test]
fn mails_are_limited_in_number() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    let ask = |t: &TestAccounts| {
        let id = alice.clone();
        t.write(move |tx| send(tx, &id, HERE, true))
    };
    for _ in 0..4 {
        assert_eq!(ask(&t), Sent::Done);
    }
    assert!(matches!(ask(&t), Sent::Wait(1..=60)));
}
