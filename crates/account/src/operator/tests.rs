use super::*;
use crate::account::{self, DisplayName, NewAccount};
use crate::credential::password::Password;
use crate::email::Email;
use crate::secret::Token;
use crate::testing::TestAccounts;
use crate::{AccountId, Actor, audit};
use std::sync::Barrier;
use std::time::Duration;

fn new(email: &str, verified: bool) -> NewAccount {
    let (email, name) = (Email::parse(email).unwrap(), DisplayName::parse("Olga Operator").unwrap());
    NewAccount { verified, operator: true, ..NewAccount::of_person(email, name) }
}

fn person(t: &TestAccounts, email: &str, verified: bool) -> AccountId {
    let new = NewAccount { operator: false, ..new(email, verified) };
    t.accounts.write_blocking(&Actor::system(), move |tx| Ok(account::create(tx, &new)?.unwrap().id)).unwrap()
}

fn invited(t: &TestAccounts, email: &str) -> Ticket {
    let (token, email) = (Token::generate(), Email::parse(email).unwrap());
    let link = token.clone();
    t.accounts.write_blocking(&Actor::command(), move |tx| invite(tx, &token, &email)).unwrap();
    Ticket::Link(link)
}

fn set_up_link(t: &TestAccounts) -> Option<Ticket> {
    let token = Token::generate();
    let link = token.clone();
    let made = t.accounts.write_blocking(&Actor::system(), move |tx| set_up(tx, &token)).unwrap();
    made.then_some(Ticket::Link(link))
}

fn accept_as(t: &TestAccounts, ticket: &Ticket, account: &AccountId) -> Accepted {
    let (ticket, account) = (ticket.clone(), account.clone());
    t.accounts.write_blocking(&Actor::system(), move |tx| accept(tx, &ticket, &account)).unwrap()
}

fn accept_newly(t: &TestAccounts, ticket: &Ticket, email: &str) -> Accepted {
    let (ticket, new) = (ticket.clone(), new(email, true));
    let phc = t.accounts.passwords.hash_blocking(&Password::typed("four uncommon words here"));
    t.accounts.write_blocking(&Actor::system(), move |tx| accept_with_new_account(tx, &ticket, &new, &phc)).unwrap()
}

fn is_operator(t: &TestAccounts, id: &AccountId) -> bool {
    t.accounts.db.read_blocking(|c| account::find(c, id)).unwrap().unwrap().operator
}

#[test]
fn an_invitation_makes_its_addressee_an_operator_once() {
    let t = TestAccounts::create();
    let olga = person(&t, "olga@example.test", true);
    let ticket = invited(&t, "Olga@Example.test");
    assert_eq!(accept_as(&t, &ticket, &olga), Accepted::Operator(olga.clone()));
    assert!(is_operator(&t, &olga));
    assert_eq!(accept_as(&t, &ticket, &olga), Accepted::Void);
    let entries = t.accounts.db.read_blocking(|c| audit::of_target(c, "account", olga.as_str(), 10)).unwrap();
    assert_eq!(entries[0].action, "operator.made");
}

#[test]
fn an_invitation_is_for_its_address_alone() {
    let t = TestAccounts::create();
    let eve = person(&t, "eve@example.test", true);
    let ticket = invited(&t, "olga@example.test");
    assert_eq!(accept_as(&t, &ticket, &eve), Accepted::NotTheirs);
    assert_eq!(accept_newly(&t, &ticket, "eve2@example.test"), Accepted::NotTheirs);
    assert!(!is_operator(&t, &eve));
}

#[test]
fn whoever_signed_up_with_the_address_and_never_confirmed_it_gives_way() {
    let t = TestAccounts::create();
    let squatter = person(&t, "olga@example.test", false);
    let ticket = invited(&t, "olga@example.test");
    assert_eq!(accept_as(&t, &ticket, &squatter), Accepted::NotTheirs);
    let Accepted::Operator(olga) = accept_newly(&t, &ticket, "olga@example.test") else { panic!("accepted") };
    assert_ne!(olga, squatter);
    assert!(t.accounts.db.read_blocking(|c| account::find(c, &squatter)).unwrap().is_none());
}

#[test]
fn an_account_that_exists_is_not_made_anew() {
    let t = TestAccounts::create();
    person(&t, "olga@example.test", true);
    let ticket = invited(&t, "olga@example.test");
    assert_eq!(accept_newly(&t, &ticket, "olga@example.test"), Accepted::AddressTaken);
}

#[test]
fn invitations_end_and_a_newer_one_replaces_an_older() {
    let t = TestAccounts::create();
    let olga = person(&t, "olga@example.test", true);
    let (older, newer) = (invited(&t, "olga@example.test"), invited(&t, "olga@example.test"));
    assert_eq!(accept_as(&t, &older, &olga), Accepted::Void);
    t.clock.advance(Duration::from_secs(7 * 24 * 3600));
    assert_eq!(accept_as(&t, &newer, &olga), Accepted::Void);
}

#[test]
fn the_set_up_link_lives_until_there_is_an_operator() {
    let t = TestAccounts::create();
    let (first, second) = (set_up_link(&t).unwrap(), set_up_link(&t).unwrap());
    assert_eq!(accept_newly(&t, &first, "olga@example.test"), Accepted::Void);
    assert!(matches!(accept_newly(&t, &second, "olga@example.test"), Accepted::Operator(_)));
    assert!(set_up_link(&t).is_none());
}

#[test]
fn a_set_up_link_is_void_once_somebody_else_became_operator() {
    let t = TestAccounts::create();
    let link = set_up_link(&t).unwrap();
    let olga = person(&t, "olga@example.test", true);
    let invitation = invited(&t, "olga@example.test");
    accept_as(&t, &invitation, &olga);
    let eve = person(&t, "eve@example.test", true);
    assert_eq!(accept_as(&t, &link, &eve), Accepted::Void);
}

#[test]
fn the_browser_that_showed_the_link_can_accept_after_logging_in() {
    let t = TestAccounts::create();
    let olga = person(&t, "olga@example.test", true);
    let Ticket::Link(token) = invited(&t, "olga@example.test") else { unreachable!() };
    let bound = t.accounts.write_blocking(&Actor::system(), move |tx| bind(tx, &token, b"a browser")).unwrap();
    assert!(bound);
    assert_eq!(accept_as(&t, &Ticket::Browser(b"another".to_vec()), &olga), Accepted::Void);
    assert_eq!(accept_as(&t, &Ticket::Browser(b"a browser".to_vec()), &olga), Accepted::Operator(olga));
}

#[test]
fn of_many_who_race_for_one_link_one_becomes_operator() {
    const RACERS: usize = 8;
    let t = TestAccounts::create();
    let link = set_up_link(&t).unwrap();
    let people: Vec<AccountId> = (0..RACERS).map(|n| person(&t, &format!("p{n}@example.test"), true)).collect();
    let start = Barrier::new(RACERS);
    let accepted = std::thread::scope(|scope| {
        let racers: Vec<_> = people
            .iter()
            .map(|id| {
                let (t, link, start) = (&t, &link, &start);
                scope.spawn(move || {
                    start.wait();
                    accept_as(t, link, id)
                })
            })
            .collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(accepted.iter().filter(|a| matches!(a, Accepted::Operator(_))).count(), 1, "{accepted:?}");
    assert_eq!(people.iter().filter(|id| is_operator(&t, id)).count(), 1);
}
