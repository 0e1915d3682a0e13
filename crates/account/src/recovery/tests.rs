use super::*;
use crate::account::set_status;
use crate::credential::password::Password;
use crate::session::{Authentication, Lifetimes, Session};
use crate::testing::TestAccounts;
use std::time::Duration;

const URL: &str = "https://id.example.test";
const LIFETIMES: Lifetimes = Lifetimes { idle_seconds: 3600, absolute_seconds: 24 * 3600 };

fn ask_for(t: &TestAccounts, address: &str, return_to: Option<&str>) -> Asked {
    let (accounts, email) = (t.accounts.clone(), Email::parse(address).unwrap());
    let return_to = return_to.map(str::to_owned);
    t.write(move |tx| ask(tx, &accounts.key, URL, &email, return_to.as_deref(), &[]))
}

/// The link of the newest mail.
fn link(t: &TestAccounts) -> Token {
    let mails = t.mails();
    let Some((_, Mail::Recovery { link, .. })) = mails.last() else { panic!("no recovery mail") };
    Token::parse(link.strip_prefix(&format!("{URL}/recover/password?token=")).unwrap()).unwrap()
}

fn phc(t: &TestAccounts, password: &str) -> Phc {
    t.accounts.passwords.hash_blocking(&Password::typed(password))
}

fn redeem_with(t: &TestAccounts, token: &Token, phc: &Phc) -> Redeemed {
    let (accounts, token, phc) = (t.accounts.clone(), token.clone(), phc.clone());
    t.write(move |tx| redeem(tx, &accounts.key, &token, &phc))
}

fn log_in(t: &TestAccounts, account: &AccountId) -> Token {
    let id = account.clone();
    t.write(move |tx| crate::session::log_in(tx, None, &id, &Authentication::password(), &LIFETIMES)).0
}

fn session(t: &TestAccounts, cookie: &Token) -> Option<Session> {
    let now = t.accounts.now();
    t.read(|c| crate::session::find(c, &cookie.hash(), now, &LIFETIMES))
}

#[test]
fn a_link_changes_the_password_and_ends_everything() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test");
    let cookie = log_in(&t, &alice.id);
    let grant = t.offline_grant(&alice.id);
    assert_eq!(ask_for(&t, "ALICE@example.test", Some("/account")), Asked::Noted);
    let token = link(&t);
    let owner = t.read(|c| owner(c, &token, t.accounts.now())).unwrap();
    assert_eq!(owner.email, "alice@example.test");
    let new = phc(&t, "a better password");
    assert_eq!(redeem_with(&t, &token, &new), Redeemed::Saved { return_to: Some("/account".into()) });
    assert_eq!(t.read(|c| password::find(c, &alice.id)), Some(new));
    assert!(session(&t, &cookie).is_none(), "logged out");
    assert!(t.grant_is_revoked(&grant), "tokens are gone");
    let mails = t.mails();
    assert!(matches!(mails.last(), Some((to, Mail::PasswordChanged { .. })) if to == "alice@example.test"));
}

#[test]
fn a_link_works_once_and_for_an_hour() {
    let t = TestAccounts::create();
    t.person("alice@example.test");
    let new = phc(&t, "a better password");
    ask_for(&t, "alice@example.test", None);
    let first = link(&t);
    ask_for(&t, "alice@example.test", None);
    let second = link(&t);
    t.clock.advance(Duration::from_secs(3599));
    assert_eq!(redeem_with(&t, &first, &new), Redeemed::Saved { return_to: None });
    assert_eq!(redeem_with(&t, &first, &new), Redeemed::LinkIsDead, "used");
    assert_eq!(redeem_with(&t, &second, &new), Redeemed::LinkIsDead, "the other link went with it");
    ask_for(&t, "alice@example.test", None);
    let late = link(&t);
    t.clock.advance(Duration::from_secs(3600));
    assert!(t.read(|c| owner(c, &late, t.accounts.now())).is_none());
    assert_eq!(redeem_with(&t, &late, &new), Redeemed::LinkIsDead, "too old");
    assert_eq!(redeem_with(&t, &Token::generate(), &new), Redeemed::LinkIsDead, "never made");
}

#[test]
fn of_many_who_use_a_link_one_sets_the_password() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test");
    ask_for(&t, "alice@example.test", None);
    let token = link(&t);
    let hashes: Vec<Phc> = (0..8).map(|i| phc(&t, &format!("password number {i}"))).collect();
    let results: Vec<Redeemed> = std::thread::scope(|scope| {
        let tries: Vec<_> = hashes.iter().map(|phc| scope.spawn(|| redeem_with(&t, &token, phc))).collect();
        tries.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let winners: Vec<usize> =
        results.iter().enumerate().filter(|(_, r)| **r != Redeemed::LinkIsDead).map(|(i, _)| i).collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(t.read(|c| password::find(c, &alice.id)).as_ref(), Some(&hashes[winners[0]]));
}

#[test]
fn nobody_learns_from_asking_whether_an_address_is_known() {
    let t = TestAccounts::create();
    let known = ask_for(&t, "nobody@example.test", None);
    let gone = t.person("gone@example.test").id;
    t.write(move |tx| set_status(tx, &gone, AccountStatus::Active, AccountStatus::Deactivated, None));
    let deactivated = ask_for(&t, "gone@example.test", None);
    t.person("alice@example.test");
    assert!(t.mails().is_empty());
    assert_eq!(known, ask_for(&t, "alice@example.test", None));
    assert_eq!(known, deactivated);
    assert_eq!(t.mails().len(), 1);
}

#[test]
fn a_link_of_an_account_that_was_deactivated_meanwhile_is_dead() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    ask_for(&t, "alice@example.test", None);
    let token = link(&t);
    let id = alice.clone();
    t.write(move |tx| set_status(tx, &id, AccountStatus::Active, AccountStatus::Deactivated, None));
    assert!(t.read(|c| owner(c, &token, t.accounts.now())).is_none());
    assert_eq!(redeem_with(&t, &token, &phc(&t, "a better password")), Redeemed::LinkIsDead);
    assert_eq!(t.read(|c| password::find(c, &alice)), None);
}

#[test]
fn mails_to_one_address_are_limited() {
    let t = TestAccounts::create();
    t.person("alice@example.test");
    let asked = |address: &'static str| {
        let accounts = t.accounts.clone();
        t.write(move |tx| {
            let subjects = throttle::subjects(&accounts.key, Purpose::RecoveryMail, Some(address), None);
            ask(tx, &accounts.key, URL, &Email::parse(address).unwrap(), None, &subjects)
        })
    };
    for address in ["alice@example.test", "nobody@example.test"] {
        let waits = (0..6).map(|_| asked(address)).filter(|asked| matches!(asked, Asked::Wait(_))).count();
        assert!(waits > 0, "{address}");
    }
    assert!(t.mails().len() < 6);
}

#[test]
fn an_unverified_account_is_asked_to_confirm_its_address_first() {
    let t = TestAccounts::create();
    let name = account::DisplayName::parse("Alice").unwrap();
    let new = account::NewAccount::of_person(Email::parse("alice@example.test").unwrap(), name);
    t.write(move |tx| account::create(tx, &new)).unwrap();
    assert_eq!(ask_for(&t, "alice@example.test", None), Asked::Noted);
    let mails = t.mails();
    assert!(matches!(&mails[..], [(_, Mail::VerifyEmail { .. })]), "{mails:?}");
}
