use super::*;
use crate::account::{DisplayName, NewAccount};
use crate::email::Email;
use crate::session::{Authentication, Lifetimes};
use crate::testing::TestAccounts;
use crate::{Accounts, Actor};
use db::schema::outbox_mails;
use diesel::prelude::*;
use std::time::Duration;

const URL: &str = "https://id.example.test";
const LIFETIMES: Lifetimes = Lifetimes { idle_seconds: 3600, absolute_seconds: 24 * 3600 };

fn key_of(t: &TestAccounts) -> Accounts {
    t.accounts.clone()
}

fn operator(t: &TestAccounts, email: &str) -> AccountId {
    let (email, name) = (Email::parse(email).unwrap(), DisplayName::parse("Olga").unwrap());
    let new = NewAccount { verified: true, operator: true, ..NewAccount::of_person(email, name) };
    t.write(move |tx| account::create(tx, &new)).unwrap().id
}

fn leave(t: &TestAccounts, id: &AccountId) -> std::result::Result<(), Reason> {
    let (domain, id) = (key_of(t), id.clone());
    t.write(move |tx| ask_deletion(tx, &domain.key, &id, URL))
}

fn come_back(t: &TestAccounts, id: &AccountId) -> Option<Closure> {
    let (domain, id) = (key_of(t), id.clone());
    t.write(move |tx| reopen(tx, &domain.key, &id))
}

fn status(t: &TestAccounts, id: &AccountId) -> Option<AccountStatus> {
    t.read(|conn| account::find(conn, id)).map(|account| account.status)
}

fn mails(t: &TestAccounts) -> Vec<String> {
    t.read(|conn| Ok(outbox_mails::table.order(outbox_mails::id).select(outbox_mails::kind).load(conn)?))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_erased_after_its_grace_and_its_address_is_free_then() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    assert_eq!(leave(&t, &alice), Ok(()));
    assert_eq!(leave(&t, &alice), Err(Reason::NotActive), "once");
    assert_eq!(status(&t, &alice), Some(AccountStatus::Deactivated));
    t.clock.advance(Duration::from_secs(13 * 24 * 3600 - 60));
    assert_eq!(erase_due(&t.accounts, URL).await.unwrap(), 0);
    assert_eq!(mails(&t), ["deletion_asked"]);
    t.clock.advance(Duration::from_secs(120));
    for _ in 0..2 {
        assert_eq!(erase_due(&t.accounts, URL).await.unwrap(), 0);
    }
    assert_eq!(mails(&t), ["deletion_asked", "deletion_tomorrow"], "one reminder");
    let new = || NewAccount::of_person(Email::parse("alice@example.test").unwrap(), DisplayName::parse("A").unwrap());
    assert!(t.write(move |tx| account::create(tx, &new())).is_none(), "not free before");
    t.clock.advance(Duration::from_secs(24 * 3600));
    assert_eq!(erase_due(&t.accounts, URL).await.unwrap(), 1);
    assert_eq!(mails(&t), ["account_erased"], "what waited to be sent is gone too");
    assert_eq!(status(&t, &alice), None);
    assert_eq!(come_back(&t, &alice), None, "too late");
    let again = t.write(move |tx| account::create(tx, &new())).expect("the address is free");
    assert_ne!(again.id, alice);
    assert_eq!(erase_due(&t.accounts, URL).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_back_in_time_keeps_everything() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    leave(&t, &alice).unwrap();
    t.clock.advance(Duration::from_secs(13 * 24 * 3600));
    assert!(come_back(&t, &alice).unwrap().erase_at.is_some());
    assert_eq!(come_back(&t, &alice), None);
    assert_eq!(status(&t, &alice), Some(AccountStatus::Active));
    t.clock.advance(Duration::from_secs(5 * 24 * 3600));
    assert_eq!(erase_due(&t.accounts, URL).await.unwrap(), 0);
    assert_eq!(mails(&t), ["deletion_asked", "deletion_cancelled"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_the_erasure_and_the_owner_who_comes_back_one_wins() {
    for _ in 0..5 {
        let t = TestAccounts::create();
        let alice = t.person("alice@example.test").id;
        leave(&t, &alice).unwrap();
        t.clock.advance(Duration::from_secs(15 * 24 * 3600));
        let (domain, id) = (key_of(&t), alice.clone());
        let owner = Actor::system();
        let (erased, kept) = tokio::join!(
            erase_due(&t.accounts, URL),
            t.accounts.write(&owner, move |tx| reopen(tx, &domain.key, &id)),
        );
        let (erased, kept) = (erased.unwrap() == 1, kept.unwrap().is_some());
        assert!(erased != kept, "erased {erased}, kept {kept}");
        let expected = if kept { Some(AccountStatus::Active) } else { None };
        assert_eq!(status(&t, &alice), expected);
        let address = t.read(|conn| account::primary_email(conn, &alice));
        assert_eq!(address.is_some(), kept, "all of it or nothing");
    }
}

#[test]
fn deactivation_has_no_end_and_is_no_operators() {
    let t = TestAccounts::create();
    let (alice, bob) = (t.person("alice@example.test"), t.person("bob@example.test"));
    let (domain, id) = (key_of(&t), alice.id.clone());
    assert_eq!(t.write(move |tx| deactivate(tx, &domain.key, &id, URL)), Ok(()));
    let (domain, id) = (key_of(&t), bob.id.clone());
    t.write(move |tx| administration::deactivate(tx, &domain.key, &id, "spam")).unwrap();
    let may = |id: &AccountId| {
        let account = t.read(|conn| account::find(conn, id)).unwrap();
        t.read(|conn| may_enter(conn, &account))
    };
    assert!(may(&alice.id) && !may(&bob.id), "what an operator closed stays closed");
    assert_eq!(come_back(&t, &bob.id), None);
    assert_eq!(come_back(&t, &alice.id).map(|closure| closure.erase_at), Some(None));
}

#[test]
fn the_last_operator_stays() {
    let t = TestAccounts::create();
    let (olga, paul) = (operator(&t, "olga@example.test"), operator(&t, "paul@example.test"));
    assert_eq!(leave(&t, &olga), Ok(()));
    assert_eq!(leave(&t, &paul), Err(Reason::LastOperator), "the other one is on the way out");
    come_back(&t, &olga).unwrap();
    assert_eq!(leave(&t, &paul), Ok(()));
}

/// The cookie of a log-in to a closed account opens that one page, and no session from before does.
#[test]
fn only_a_log_in_after_the_closing_opens_it_again() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    let log_in = || {
        let id = alice.clone();
        t.write(move |tx| session::log_in(tx, None, &id, &Authentication::password(), &LIFETIMES)).0
    };
    let before = log_in();
    leave(&t, &alice).unwrap();
    let after = log_in();
    let now = t.accounts.now();
    let waiting = |token: &crate::secret::Token| t.read(|conn| waiting_login(conn, &token.hash(), now, &LIFETIMES));
    let session = |token: &crate::secret::Token| t.read(|conn| session::find(conn, &token.hash(), now, &LIFETIMES));
    assert!(waiting(&before).is_none() && session(&before).is_none());
    assert_eq!(waiting(&after).map(|(.., id)| id), Some(alice.clone()));
    assert!(session(&after).is_none(), "nothing else takes it");
    come_back(&t, &alice).unwrap();
    assert!(waiting(&after).is_none() && session(&after).is_some(), "from then on it is a log-in like any other");
}

#[test]
fn an_operator_cancels_on_the_owners_behalf() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    leave(&t, &alice).unwrap();
    let (domain, id) = (key_of(&t), alice.clone());
    t.write(move |tx| administration::reactivate(tx, &domain.key, &id)).unwrap();
    assert_eq!(status(&t, &alice), Some(AccountStatus::Active));
    assert_eq!(t.read(|conn| of(conn, &alice)), None);
    assert_eq!(mails(&t), ["deletion_asked", "deletion_cancelled"]);
}
