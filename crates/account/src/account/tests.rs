use super::*;
use crate::email::Email;
use crate::testing::TestAccounts;
use crate::{Accounts, Actor};

fn person(email: &str) -> NewAccount {
    NewAccount::of_person(Email::parse(email).unwrap(), DisplayName::parse("Alice Example").unwrap())
}

fn make(accounts: &Accounts, new: NewAccount) -> Option<Account> {
    accounts.write_blocking(&Actor::system(), move |tx| create(tx, &new)).unwrap()
}

#[test]
fn an_account_is_found_by_its_id_and_by_its_address_in_any_case() {
    let t = TestAccounts::create();
    let mut claims = Claims::default();
    claims.set("given_name", Some("Alice".into()));
    let made = make(&t.accounts, NewAccount { verified: true, claims, ..person("Alice@Example.test") }).unwrap();
    assert!(made.is_active() && made.email.is_verified());
    let db = &t.accounts.db;
    assert_eq!(db.read_blocking(|c| find(c, &made.id)).unwrap(), Some(made.clone()));
    let typed = Email::parse("ALICE@example.TEST").unwrap();
    assert_eq!(db.read_blocking(|c| find_by_email(c, &typed)).unwrap(), Some(made.clone()));
    assert_eq!(db.read_blocking(|c| primary_email(c, &made.id)).unwrap(), Some(made.email));
    let other = Email::parse("bob@example.test").unwrap();
    assert_eq!(db.read_blocking(|c| find_by_email(c, &other)).unwrap(), None);
}

#[test]
fn an_address_belongs_to_one_account() {
    let t = TestAccounts::create();
    assert!(make(&t.accounts, person("alice@example.test")).is_some());
    assert!(make(&t.accounts, person("ALICE@example.test")).is_none());
}

#[test]
fn of_two_who_fight_for_an_address_one_gets_it() {
    let t = TestAccounts::create();
    let made: Vec<bool> = std::thread::scope(|scope| {
        let tries: Vec<_> =
            (0..8).map(|_| scope.spawn(|| make(&t.accounts, person("alice@example.test")).is_some())).collect();
        tries.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert_eq!(made.iter().filter(|made| **made).count(), 1);
}

#[test]
fn a_status_changes_only_from_the_one_named() {
    use AccountStatus::{Active, Deactivated, Unverified};
    let t = TestAccounts::create();
    let id = make(&t.accounts, person("alice@example.test")).unwrap().id;
    let set = |from, to, reason: Option<&'static str>| {
        let id = id.clone();
        t.accounts.write_blocking(&Actor::system(), move |tx| set_status(tx, &id, from, to, reason)).unwrap()
    };
    let look = || t.accounts.db.read_blocking(|c| find(c, &id)).unwrap().unwrap();
    assert!(set(Unverified, Active, None) && !set(Unverified, Active, None));
    assert!(set(Active, Deactivated, Some("left")));
    assert_eq!(look().deactivation_reason.as_deref(), Some("left"));
    assert!(look().deactivated_at.is_some());
    assert!(set(Deactivated, Active, Some("back")));
    assert_eq!((look().deactivation_reason, look().deactivated_at), (None, None));
}

#[test]
fn only_an_unverified_account_can_be_removed_outright() {
    let t = TestAccounts::create();
    let alice = make(&t.accounts, NewAccount { verified: true, ..person("alice@example.test") }).unwrap().id;
    let bob = make(&t.accounts, person("bob@example.test")).unwrap().id;
    let remove = |id: &crate::AccountId| {
        let id = id.clone();
        t.accounts.write_blocking(&Actor::system(), move |tx| delete_unverified(tx, &id)).unwrap()
    };
    assert!(!remove(&alice) && remove(&bob) && !remove(&bob));
    assert!(make(&t.accounts, person("bob@example.test")).is_some(), "the address is free again");
}

#[test]
fn names_have_1_to_100_visible_characters_in_one_line() {
    let hundred = "ß".repeat(100);
    for (typed, name) in [
        (" Alice Example ", "Alice Example"),
        ("李", "李"),
        ("A\u{30a}sa", "\u{c5}sa"),
        (&hundred, &hundred),
        ("می\u{200c}خواهم", "می\u{200c}خواهم"),
    ] {
        assert_eq!(DisplayName::parse(typed).unwrap().as_str(), name);
    }
    let longer = "a".repeat(101);
    for (typed, problem) in [
        ("", NameProblem::Missing),
        (" \u{200d} ", NameProblem::Missing),
        (&longer, NameProblem::TooLong),
        ("Alice\nExample", NameProblem::Invisible),
        ("Alice\u{0}", NameProblem::Invisible),
        ("Alice \u{202e}elpmaxE", NameProblem::Invisible),
    ] {
        assert_eq!(DisplayName::parse(typed), Err(problem), "{typed:?}");
    }
}
