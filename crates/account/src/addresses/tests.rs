use super::*;
use crate::account::{DisplayName, NewAccount, PrimaryEmail};
use crate::credential::password::{Password, Phc};
use crate::email_change::Undone;
use crate::provisioning::{self, AccountWish, Change};
use crate::session;
use crate::testing::TestAccounts;
use std::time::Duration;

const URL: &str = "https://id.example.test";
const ALICE: &str = "alice@example.test";
const SECOND: &str = "alice@second.test";

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn ask(t: &TestAccounts, account: &AccountId, new: &str) -> Asked {
    let (id, new) = (account.clone(), email(new));
    t.write(move |tx| add(tx, URL, &id, &new, &[]))
}

fn token_of(link: &str) -> Token {
    Token::parse(link.split_once("?token=").unwrap().1).unwrap()
}

/// The newest link that was sent to this address.
fn link_to(t: &TestAccounts, address: &str) -> Token {
    let mails = t.mails();
    let found = mails.iter().rev().find_map(|(to, mail)| match mail {
        Mail::AddressConfirm { link, .. } if to == address => Some(token_of(link)),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no link to {address}"))
}

fn confirm_with(t: &TestAccounts, account: &AccountId, token: &Token) -> Confirmed {
    let (id, token) = (account.clone(), token.clone());
    t.write(move |tx| confirm(tx, &id, &token))
}

fn added(t: &TestAccounts, account: &AccountId, address: &str) -> EmailId {
    assert_eq!(ask(t, account, address), Asked::Noted);
    assert_eq!(confirm_with(t, account, &link_to(t, address)), Confirmed::Added);
    let of = |one: &Address| one.address == address;
    t.read(|c| list(c, account)).into_iter().find(of).expect("the address").id
}

fn primary(t: &TestAccounts, account: &AccountId) -> PrimaryEmail {
    t.read(|c| account::primary_email(c, account)).expect("a primary address")
}

fn make_primary_of(t: &TestAccounts, account: &AccountId, id: &EmailId) -> bool {
    let (account, id) = (account.clone(), id.clone());
    t.write(move |tx| make_primary(tx, URL, &account, &id))
}

fn remove_of(t: &TestAccounts, account: &AccountId, id: &EmailId) -> Removed {
    let (account, id) = (account.clone(), id.clone());
    t.write(move |tx| remove(tx, &account, &id))
}

fn undo_link(t: &TestAccounts, of: &str) -> Token {
    let mails = t.mails();
    let found = mails.iter().rev().find_map(|(to, mail)| match mail {
        Mail::EmailChanged { undo_link, .. } if to == of => Some(token_of(undo_link)),
        _ => None,
    });
    found.expect("an undo link")
}

fn texts(t: &TestAccounts, account: &AccountId) -> Vec<String> {
    t.read(|c| list(c, account)).into_iter().map(|one| one.address).collect()
}

#[test]
fn an_address_is_the_accounts_once_it_is_confirmed() {
    let t = TestAccounts::create();
    let alice = t.person(ALICE).id;
    assert_eq!(ask(&t, &alice, "Alice@Second.test"), Asked::Noted);
    let found = t.read(|c| account::find_by_email(c, &email(SECOND)));
    assert!(found.is_none(), "until then nobody logs in with it");
    assert_eq!(t.read(|c| waiting(c, &alice, t.accounts.now())).len(), 1);
    let token = link_to(&t, "Alice@Second.test");
    assert_eq!(t.read(|c| to_confirm(c, &token, t.accounts.now())).unwrap().account_id, alice);
    assert_eq!(confirm_with(&t, &alice, &token), Confirmed::Added);
    assert_eq!(confirm_with(&t, &alice, &token), Confirmed::LinkIsDead, "once");
    let found = t.read(|c| account::find_by_email(c, &email(SECOND))).expect("found by it");
    assert_eq!((found.id, found.email.address.as_str()), (alice.clone(), ALICE), "the primary one is told");
    assert_eq!(texts(&t, &alice), [ALICE, "Alice@Second.test"]);
    assert_eq!(ask(&t, &alice, SECOND), Asked::Own);
    assert_eq!(ask(&t, &alice, ALICE), Asked::Own);
    let mails = t.mails();
    let told: Vec<_> = mails.iter().filter(|(_, mail)| matches!(mail, Mail::AddressAdded { .. })).collect();
    assert!(told.len() == 1 && told[0].0 == ALICE, "the address that was there before is told: {told:?}");
}

#[test]
fn a_link_lives_a_day_and_the_last_one_alone_works() {
    let t = TestAccounts::create();
    let (alice, eve) = (t.person(ALICE).id, t.person("eve@example.test").id);
    ask(&t, &alice, SECOND);
    let first = link_to(&t, SECOND);
    ask(&t, &alice, SECOND);
    let second = link_to(&t, SECOND);
    assert_eq!(confirm_with(&t, &alice, &first), Confirmed::LinkIsDead, "replaced");
    assert_eq!(confirm_with(&t, &eve, &second), Confirmed::LinkIsDead, "another account's");
    t.clock.advance(Duration::from_secs(24 * 3600));
    assert_eq!(confirm_with(&t, &alice, &second), Confirmed::LinkIsDead, "too old");
    assert!(t.read(|c| waiting(c, &alice, t.accounts.now())).is_empty());
    ask(&t, &alice, SECOND);
    let third = link_to(&t, SECOND);
    let id = t.read(|c| waiting(c, &alice, t.accounts.now()))[0].id.clone();
    let cancel_by = |account: &AccountId| {
        let (account, id) = (account.clone(), id.clone());
        t.write(move |tx| cancel(tx, &account, &id))
    };
    assert!(!cancel_by(&eve), "a foreign id");
    assert!(cancel_by(&alice) && !cancel_by(&alice));
    assert_eq!(confirm_with(&t, &alice, &third), Confirmed::LinkIsDead, "cancelled");
}

#[test]
fn a_link_is_sent_again_to_what_waits_and_nothing_else() {
    let t = TestAccounts::create();
    let (alice, eve) = (t.person(ALICE).id, t.person("eve@example.test").id);
    ask(&t, &alice, SECOND);
    let (first, id) = (link_to(&t, SECOND), t.read(|c| waiting(c, &alice, t.accounts.now()))[0].id.clone());
    let again = |account: &AccountId| {
        let (account, id) = (account.clone(), id.clone());
        t.write(move |tx| resend(tx, URL, &account, &id, &[]))
    };
    assert_eq!(again(&eve), Asked::Gone);
    assert_eq!(again(&alice), Asked::Noted);
    assert_ne!(link_to(&t, SECOND), first);
    assert_eq!(confirm_with(&t, &alice, &link_to(&t, SECOND)), Confirmed::Added);
    assert_eq!(again(&alice), Asked::Gone);
}

/// Who asks learns nothing; who reads the mailbox does.
#[test]
fn an_address_in_use_is_told_by_mail_alone() {
    let t = TestAccounts::create();
    let (alice, bob) = (t.person(ALICE).id, t.person("bob@example.test").id);
    added(&t, &bob, "bob@second.test");
    for taken in ["bob@example.test", "bob@second.test"] {
        assert_eq!(ask(&t, &alice, taken), Asked::Noted);
        assert!(matches!(t.mails().last(), Some((to, Mail::AddressTaken { .. })) if to == taken));
    }
    assert_eq!(t.read(|c| waiting(c, &alice, t.accounts.now())).len(), 2, "it looks like any other");
}

/// An address that nobody confirmed reserves nothing.
#[test]
fn an_unconfirmed_address_gives_way_to_who_confirms_it() {
    let t = TestAccounts::create();
    let (alice, bob) = (t.person(ALICE).id, t.person("bob@example.test").id);
    ask(&t, &alice, SECOND);
    let name = DisplayName::parse("Squatter").unwrap();
    let squatter = NewAccount::of_person(email(SECOND), name);
    let squatter = t.write(move |tx| account::create(tx, &squatter)).expect("nothing is reserved").id;
    ask(&t, &bob, SECOND);
    let to_bob = link_to(&t, SECOND);
    assert_eq!(confirm_with(&t, &bob, &to_bob), Confirmed::Added);
    assert!(t.read(|c| account::find(c, &squatter)).is_none());
    let found = t.read(|c| account::find_by_email(c, &email(SECOND))).expect("somebody");
    assert_eq!(found.id, bob);
}

#[test]
fn of_two_accounts_that_confirm_an_address_at_once_one_gets_it() {
    let t = TestAccounts::create();
    let owners: Vec<AccountId> = (0..4).map(|n| t.person(&format!("person{n}@example.test")).id).collect();
    let links: Vec<(AccountId, Token)> = owners
        .iter()
        .map(|owner| {
            ask(&t, owner, SECOND);
            (owner.clone(), link_to(&t, SECOND))
        })
        .collect();
    let results: Vec<Confirmed> = std::thread::scope(|scope| {
        let tries: Vec<_> = links
            .iter()
            .map(|(owner, link)| {
                let t = &t;
                scope.spawn(move || confirm_with(t, owner, link))
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(results.iter().filter(|result| **result == Confirmed::Added).count(), 1, "{results:?}");
    assert_eq!(results.iter().filter(|result| **result == Confirmed::Taken).count(), 3, "{results:?}");
    let winner = results.iter().position(|result| *result == Confirmed::Added).unwrap();
    assert_eq!(t.read(|c| account::find_by_email(c, &email(SECOND))).unwrap().id, owners[winner]);
}

#[test]
fn of_two_who_use_one_link_one_is_told_that_it_is_added() {
    let t = TestAccounts::create();
    let alice = t.person(ALICE).id;
    ask(&t, &alice, SECOND);
    let token = link_to(&t, SECOND);
    let results: Vec<Confirmed> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..4).map(|_| scope.spawn(|| confirm_with(&t, &alice, &token))).collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(results.iter().filter(|result| **result == Confirmed::Added).count(), 1, "{results:?}");
    assert_eq!(texts(&t, &alice).len(), 2);
}

#[test]
fn ten_addresses_are_enough() {
    let t = TestAccounts::create();
    let alice = t.person(ALICE).id;
    for n in 1..MAX_ADDRESSES {
        assert_eq!(ask(&t, &alice, &format!("alice{n}@example.test")), Asked::Noted);
    }
    assert_eq!(ask(&t, &alice, "one.more@example.test"), Asked::TooMany);
    assert_eq!(ask(&t, &alice, "alice9@example.test"), Asked::Noted, "the mail again");
}

#[test]
fn another_address_becomes_primary_and_the_old_one_can_take_it_back() {
    let t = TestAccounts::create();
    let (alice, eve) = (t.person(ALICE).id, t.person("eve@example.test").id);
    let second = added(&t, &alice, SECOND);
    assert!(!make_primary_of(&t, &eve, &second), "a foreign id");
    assert!(make_primary_of(&t, &alice, &second));
    assert_eq!(primary(&t, &alice).address, SECOND);
    assert!(!make_primary_of(&t, &alice, &second), "it is primary already");
    assert_eq!(texts(&t, &alice), [SECOND, ALICE], "the old one stays");
    let undone = undo_link(&t, ALICE);
    assert!(matches!(t.write(move |tx| email_change::undo(tx, &undone)), Undone::Restored(_)));
    assert_eq!(texts(&t, &alice), [ALICE], "what was added just before goes: whoever did this may have added it");
}

#[test]
fn taking_a_change_back_leaves_addresses_that_were_long_there() {
    let t = TestAccounts::create();
    let alice = t.person(ALICE).id;
    let old = added(&t, &alice, SECOND);
    t.clock.advance(Duration::from_secs(8 * 24 * 3600));
    added(&t, &alice, "intruder@evil.test");
    assert!(make_primary_of(&t, &alice, &old));
    let first = t.read(|c| list(c, &alice)).into_iter().find(|one| one.address == ALICE).unwrap().id;
    assert_eq!(remove_of(&t, &alice, &first), Removed::Done);
    ask(&t, &alice, "waits@evil.test");
    let waits = link_to(&t, "waits@evil.test");
    let undone = undo_link(&t, ALICE);
    assert!(matches!(t.write(move |tx| email_change::undo(tx, &undone)), Undone::Restored(_)), "removed, and back");
    assert_eq!(texts(&t, &alice), [ALICE, SECOND]);
    assert_eq!(confirm_with(&t, &alice, &waits), Confirmed::LinkIsDead);
}

#[test]
fn an_address_is_removed_but_never_the_primary_one() {
    let t = TestAccounts::create();
    let (alice, eve) = (t.person(ALICE).id, t.person("eve@example.test").id);
    let second = added(&t, &alice, SECOND);
    assert_eq!(remove_of(&t, &eve, &second), Removed::NotThere, "a foreign id");
    assert_eq!(remove_of(&t, &alice, &primary(&t, &alice).id), Removed::IsPrimary);
    assert_eq!(remove_of(&t, &alice, &second), Removed::Done);
    assert_eq!(remove_of(&t, &alice, &second), Removed::NotThere);
    assert!(t.read(|c| account::find_by_email(c, &email(SECOND))).is_none());
    let mails = t.mails();
    let told: Vec<&str> = mails
        .iter()
        .filter(|(_, mail)| matches!(mail, Mail::AddressRemoved { .. }))
        .map(|(to, _)| to.as_str())
        .collect();
    assert!(told.len() == 2 && told.contains(&ALICE) && told.contains(&SECOND), "{told:?}");
    let bob = t.person(SECOND).id;
    assert_ne!(bob, alice, "it is free");
}

#[test]
fn a_replacement_by_an_address_that_is_there_already_leaves_one_row_of_each() {
    let t = TestAccounts::create();
    let alice = t.person(ALICE).id;
    let accounts = t.accounts.clone();
    let (id, new) = (alice.clone(), email(SECOND));
    let asked = t.write(move |tx| email_change::ask(tx, &accounts.key, URL, &id, &new, &[]));
    assert_eq!(asked, email_change::Asked::Noted);
    let mails = t.mails();
    let Some((_, Mail::EmailChangeConfirm { link, .. })) = mails.last() else { panic!("no link") };
    let change = token_of(link);
    added(&t, &alice, SECOND);
    let (accounts, id) = (t.accounts.clone(), alice.clone());
    let done = t.write(move |tx| email_change::confirm(tx, &accounts.key, URL, &id, &change));
    assert_eq!(done, email_change::Confirmed::Changed);
    assert_eq!(texts(&t, &alice), [SECOND]);
    let accounts = t.accounts.clone();
    let (id, new) = (alice.clone(), email(SECOND));
    let asked = t.write(move |tx| email_change::ask(tx, &accounts.key, URL, &id, &new, &[]));
    assert_eq!(asked, email_change::Asked::Same);
}

#[test]
fn recovery_goes_to_the_address_that_was_typed_and_its_notice_to_all() {
    let t = TestAccounts::create();
    let alice = t.person(ALICE).id;
    added(&t, &alice, SECOND);
    ask(&t, &alice, "waits@example.test");
    let waits = link_to(&t, "waits@example.test");
    let accounts = t.accounts.clone();
    t.write(move |tx| recovery::ask(tx, &accounts.key, URL, &email("ALICE@second.test"), None, &[]));
    let mails = t.mails();
    let Some((to, Mail::Recovery { link, .. })) = mails.last() else { panic!("no mail") };
    assert_eq!(to, SECOND);
    let (token, accounts) = (token_of(link), t.accounts.clone());
    let phc: Phc = t.accounts.passwords.hash_blocking(&Password::typed("a better password"));
    t.write(move |tx| recovery::redeem(tx, &accounts.key, &token, &phc));
    let mails = t.mails();
    let mut told: Vec<&str> = mails
        .iter()
        .filter(|(_, mail)| matches!(mail, Mail::PasswordChanged { .. }))
        .map(|(to, _)| to.as_str())
        .collect();
    told.sort_unstable();
    assert_eq!(told, [ALICE, SECOND]);
    assert_eq!(confirm_with(&t, &alice, &waits), Confirmed::LinkIsDead, "what waited is given up");
}

#[test]
fn a_file_that_names_any_confirmed_address_means_the_account() {
    let t = TestAccounts::create();
    let alice = t.person(ALICE).id;
    added(&t, &alice, SECOND);
    let wish = AccountWish {
        email: email(SECOND),
        name: None,
        verified: None,
        operator: Some(true),
        claims: serde_json::Map::new(),
    };
    let change = t.read(|c| provisioning::compare(c, &wish));
    assert!(matches!(&change, Change::Update(id, _) if *id == alice), "{change:?}");
}

#[test]
fn an_account_has_one_primary_address() {
    let t = TestAccounts::create();
    let alice = t.person(ALICE).id;
    let ids = [added(&t, &alice, SECOND), added(&t, &alice, "alice@third.test")];
    let (t, alice) = (&t, &alice);
    let made = std::thread::scope(|scope| {
        let tries: Vec<_> = ids.iter().map(|id| scope.spawn(move || make_primary_of(t, alice, id))).collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect::<Vec<bool>>()
    });
    assert!(made.contains(&true), "{made:?}");
    assert_eq!(t.read(|c| list(c, alice)).iter().filter(|one| one.is_primary).count(), 1);
}

/// A thief who confirmed an address of theirs would recover the account by it.
#[test]
fn locking_the_account_removes_the_addresses_of_the_last_week() {
    let t = TestAccounts::create();
    let alice = t.person(ALICE).id;
    added(&t, &alice, SECOND);
    t.clock.advance(Duration::from_secs(8 * 24 * 3600));
    added(&t, &alice, "thief@example.test");
    let id = alice.clone();
    t.write(move |tx| {
        let lifetimes = session::Lifetimes { idle_seconds: 3600, absolute_seconds: 24 * 3600 };
        session::log_in(tx, None, &id, &session::Authentication::password(), &lifetimes)
    });
    let id = alice.clone();
    assert!(t.write(move |tx| crate::revocation::lock(tx, URL, &id)));
    let kept: Vec<String> = t.read(|c| list(c, &alice)).into_iter().map(|one| one.address).collect();
    assert_eq!(kept, [ALICE, SECOND]);
}
