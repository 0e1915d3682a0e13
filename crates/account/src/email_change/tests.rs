use super::*;
use crate::account::{DisplayName, NewAccount, create, find_by_email};
use crate::credential::password::Password;
use crate::recovery::{Redeemed, redeem};
use crate::testing::TestAccounts;
use std::time::Duration;

const URL: &str = "https://id.example.test";

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn ask_for(t: &TestAccounts, account: &AccountId, new: &str) -> Asked {
    let (accounts, id, new) = (t.accounts.clone(), account.clone(), email(new));
    t.write(move |tx| ask(tx, &accounts.key, URL, &id, &new, &[]))
}

fn confirm_with(t: &TestAccounts, account: &AccountId, token: &Token) -> Confirmed {
    let (accounts, id, token) = (t.accounts.clone(), account.clone(), token.clone());
    t.write(move |tx| confirm(tx, &accounts.key, URL, &id, &token))
}

fn undo_with(t: &TestAccounts, token: &Token) -> Undone {
    let token = token.clone();
    t.write(move |tx| undo(tx, &token))
}

fn token_of(link: &str) -> Token {
    Token::parse(link.split_once("?token=").unwrap().1).unwrap()
}

/// The newest link that was sent to confirm, and to whom.
fn confirm_link(t: &TestAccounts) -> (String, Token) {
    let mails = t.mails();
    let found = mails.iter().rev().find_map(|(to, mail)| match mail {
        Mail::EmailChangeConfirm { link, .. } => Some((to.clone(), token_of(link))),
        _ => None,
    });
    found.expect("a mail")
}

/// The newest undo link, and to whom it was sent.
fn undo_link(t: &TestAccounts) -> (String, Token) {
    let mails = t.mails();
    let found = mails.iter().rev().find_map(|(to, mail)| match mail {
        Mail::EmailChanged { undo_link, .. } => Some((to.clone(), token_of(undo_link))),
        _ => None,
    });
    found.expect("a mail")
}

fn change(t: &TestAccounts, account: &AccountId, new: &str) -> Token {
    assert_eq!(ask_for(t, account, new), Asked::Noted);
    assert_eq!(confirm_with(t, account, &confirm_link(t).1), Confirmed::Changed);
    undo_link(t).1
}

fn address(t: &TestAccounts, account: &AccountId) -> String {
    t.read(|c| account::primary_email(c, account)).expect("an address").address
}

#[test]
fn the_old_address_stays_until_the_new_one_is_confirmed() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    assert_eq!(ask_for(&t, &alice, "alice@example.test"), Asked::Same);
    assert_eq!(ask_for(&t, &alice, "Alice@new.test"), Asked::Noted);
    let (to, token) = confirm_link(&t);
    assert_eq!((to.as_str(), address(&t, &alice).as_str()), ("Alice@new.test", "alice@example.test"));
    let now = t.accounts.now();
    assert_eq!(t.read(|c| pending(c, &alice, now)).unwrap().new_address, "Alice@new.test");
    assert_eq!(t.read(|c| to_confirm(c, &token, now)).unwrap().account_id, alice);
    assert_eq!(confirm_with(&t, &alice, &token), Confirmed::Changed);
    assert_eq!(address(&t, &alice), "Alice@new.test");
    assert!(t.read(|c| find_by_email(c, &email("alice@example.test"))).is_none());
    assert_eq!(confirm_with(&t, &alice, &token), Confirmed::LinkIsDead, "once");
    assert_eq!(undo_link(&t).0, "alice@example.test", "the old address is told");
    assert!(t.read(|c| pending(c, &alice, now)).is_none());
}

#[test]
fn a_link_is_for_its_account_and_for_a_day() {
    let t = TestAccounts::create();
    let (alice, bob) = (t.person("alice@example.test").id, t.person("bob@example.test").id);
    ask_for(&t, &alice, "new@example.test");
    let token = confirm_link(&t).1;
    assert_eq!(confirm_with(&t, &bob, &token), Confirmed::LinkIsDead, "somebody else's");
    t.clock.advance(Duration::from_secs(24 * 3600));
    assert_eq!(confirm_with(&t, &alice, &token), Confirmed::LinkIsDead, "too old");
    ask_for(&t, &alice, "first@example.test");
    let first = confirm_link(&t).1;
    ask_for(&t, &alice, "second@example.test");
    assert_eq!(confirm_with(&t, &alice, &first), Confirmed::LinkIsDead, "replaced");
    let id = alice.clone();
    assert!(t.write(move |tx| cancel(tx, &id)));
    assert_eq!(confirm_with(&t, &alice, &confirm_link(&t).1), Confirmed::LinkIsDead, "cancelled");
}

#[test]
fn that_an_address_is_taken_shows_only_in_the_mail_that_arrives_there() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    t.person("bob@example.test");
    assert_eq!(ask_for(&t, &alice, "Bob@example.test"), ask_for(&t, &alice, "free@example.test"));
    ask_for(&t, &alice, "Bob@example.test");
    let mails = t.mails();
    assert!(matches!(mails.last(), Some((to, Mail::EmailChangeTaken { .. })) if to == "Bob@example.test"));
    assert!(t.read(|c| pending(c, &alice, t.accounts.now())).is_some(), "the page looks the same");
}

#[test]
fn an_address_that_was_taken_meanwhile_is_refused_at_the_end() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    ask_for(&t, &alice, "new@example.test");
    let token = confirm_link(&t).1;
    t.person("new@example.test");
    assert_eq!(confirm_with(&t, &alice, &token), Confirmed::Taken);
    assert_eq!(address(&t, &alice), "alice@example.test");
}

#[test]
fn an_unverified_account_gives_the_address_up() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    let squatter = NewAccount::of_person(email("new@example.test"), DisplayName::parse("Eve").unwrap());
    let squatter = t.write(move |tx| create(tx, &squatter)).unwrap().id;
    change(&t, &alice, "new@example.test");
    assert!(t.read(|c| account::find(c, &squatter)).is_none());
}

#[test]
fn of_two_accounts_that_confirm_one_address_one_gets_it() {
    let t = TestAccounts::create();
    let people = [t.person("alice@example.test").id, t.person("bob@example.test").id];
    let links = people.each_ref().map(|id| {
        ask_for(&t, id, "wanted@example.test");
        confirm_link(&t).1
    });
    let results: Vec<Confirmed> = std::thread::scope(|scope| {
        let tries: Vec<_> =
            people.iter().zip(&links).map(|(id, link)| scope.spawn(|| confirm_with(&t, id, link))).collect();
        tries.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert_eq!(results.iter().filter(|r| **r == Confirmed::Changed).count(), 1);
    assert_eq!(results.iter().filter(|r| **r == Confirmed::Taken).count(), 1);
}

#[test]
fn of_many_who_use_a_link_one_changes_the_address() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    ask_for(&t, &alice, "new@example.test");
    let token = confirm_link(&t).1;
    let count = |results: Vec<bool>| results.into_iter().filter(|won| *won).count();
    let confirmed = std::thread::scope(|scope| {
        let tries: Vec<_> =
            (0..8).map(|_| scope.spawn(|| confirm_with(&t, &alice, &token) == Confirmed::Changed)).collect();
        tries.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert_eq!(count(confirmed), 1);
    let token = undo_link(&t).1;
    let undone = std::thread::scope(|scope| {
        let tries: Vec<_> =
            (0..8).map(|_| scope.spawn(|| matches!(undo_with(&t, &token), Undone::Restored(_)))).collect();
        tries.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert_eq!(count(undone), 1);
    assert_eq!(address(&t, &alice), "alice@example.test");
}

#[test]
fn an_undo_link_works_for_a_week_and_leads_to_a_new_password() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    let undo = change(&t, &alice, "new@example.test");
    let grant = t.offline_grant(&alice);
    t.clock.advance(Duration::from_secs(7 * 24 * 3600 - 1));
    let now = t.accounts.now();
    assert_eq!(t.read(|c| to_undo(c, &undo, now)).as_deref(), Some("alice@example.test"));
    let Undone::Restored(link) = undo_with(&t, &undo) else { panic!("restored") };
    assert_eq!(address(&t, &alice), "alice@example.test");
    assert!(t.grant_is_revoked(&grant));
    assert_eq!(undo_with(&t, &undo), Undone::LinkIsDead, "once");
    let (accounts, phc) = (t.accounts.clone(), t.accounts.passwords.hash_blocking(&Password::typed("a better one")));
    let redeemed = t.write(move |tx| redeem(tx, &accounts.key, &link, &phc));
    assert_eq!(redeemed, Redeemed::Saved { return_to: None });
    let late = change(&t, &alice, "late@example.test");
    t.clock.advance(Duration::from_secs(7 * 24 * 3600));
    assert_eq!(undo_with(&t, &late), Undone::LinkIsDead, "too old");
}

/// Whoever takes an account over may change its address twice, so that the second undo link goes to themselves.
#[test]
fn the_first_owner_wins_over_who_changed_the_address_twice() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    let owners = change(&t, &alice, "eve@evil.test");
    t.clock.advance(Duration::from_secs(60));
    let thiefs = change(&t, &alice, "eve2@evil.test");
    ask_for(&t, &alice, "eve3@evil.test");
    let waiting = confirm_link(&t).1;
    assert!(matches!(undo_with(&t, &owners), Undone::Restored(_)));
    assert_eq!(address(&t, &alice), "alice@example.test");
    assert_eq!(undo_with(&t, &thiefs), Undone::LinkIsDead);
    assert_eq!(confirm_with(&t, &alice, &waiting), Confirmed::LinkIsDead);
}

#[test]
fn recovery_links_that_went_to_the_old_address_stop_working() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    let id = alice.clone();
    let link = t.write(move |tx| recovery::issue_link(tx, &id, None));
    change(&t, &alice, "new@example.test");
    assert!(t.read(|c| recovery::owner(c, &link, t.accounts.now())).is_none());
}
