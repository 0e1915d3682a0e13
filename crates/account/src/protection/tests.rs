use super::*;
use crate::credential::totp::{AppId, AppName, Secret};
use crate::session::{self, Authentication, Lifetimes};
use crate::testing::TestAccounts;
use crate::{audit, mail::SecondStep};
use std::time::Duration;

fn name(text: &str) -> AppName {
    AppName::parse(text).unwrap()
}

fn begun(t: &TestAccounts, account: &AccountId, replaces: Option<AppId>) -> (AppId, Secret) {
    let id = account.clone();
    let app = t.write(move |tx| begin(tx, &id, &name("Phone"), replaces.as_ref())).expect("room");
    let now = t.accounts.now();
    let secret = t.read(|c| totp::waiting(c, &t.accounts.key, account, &app, now)).expect("it waits").secret;
    (app, secret)
}

fn added(t: &TestAccounts, account: &AccountId, replaces: Option<AppId>) -> (AppId, Added) {
    let (app, secret) = begun(t, account, replaces);
    let (id, own, code) = (account.clone(), app.clone(), secret.code_at(t.accounts.now()));
    let done = t.write(move |tx| add(tx, &id, &own, &name("Phone"), &code, None));
    t.clock.advance(Duration::from_secs(30));
    (app, done)
}

fn removed(t: &TestAccounts, account: &AccountId, app: &AppId) -> Option<Removed> {
    let (id, app) = (account.clone(), app.clone());
    t.write(move |tx| remove(tx, &id, &app))
}

fn last_mail(t: &TestAccounts) -> Mail {
    t.mails().pop().expect("a mail").1
}

fn actions(t: &TestAccounts, id: &AccountId) -> Vec<String> {
    let entries = t.read(|c| audit::of_target(c, "account", id.as_str(), 100));
    entries.into_iter().rev().map(|entry| entry.action).collect()
}

#[test]
fn the_first_app_turns_it_on_with_codes_and_the_last_one_off_without() {
    let t = TestAccounts::create();
    let id = t.person("alice@example.test").id;
    let make = {
        let id = id.clone();
        move |tx: &mut Tx<'_>| make_codes(tx, &id)
    };
    assert!(t.write(make.clone()).is_none(), "codes stand in for something");
    let (first, done) = added(&t, &id, None);
    assert!(matches!(done, Added::Now { moved: false, codes: Some(_) }));
    assert!(matches!(last_mail(&t), Mail::SecondStepAdded { first: true, .. }));
    let (second, done) = added(&t, &id, None);
    assert!(matches!(done, Added::Now { moved: false, codes: None }));
    assert!(matches!(last_mail(&t), Mail::SecondStepAdded { first: false, .. }));
    assert_eq!(removed(&t, &id, &first), Some(Removed { turned_off: false }));
    assert_eq!(removed(&t, &id, &first), None);
    assert_eq!(t.read(|c| recovery_code::left(c, &id)), 10);
    assert!(t.write(make).is_some());
    assert!(matches!(last_mail(&t), Mail::RecoveryCodesMade { .. }));
    assert_eq!(removed(&t, &id, &second), Some(Removed { turned_off: true }));
    assert!(matches!(last_mail(&t), Mail::SecondStepRemoved { last: true, .. }));
    assert_eq!(t.read(|c| recovery_code::left(c, &id)), 0);
    assert!(!t.read(|c| is_on(c, &id)));
    let mut actions = actions(&t, &id);
    // Both of one transaction, in either order.
    actions[..2].sort();
    assert_eq!(
        actions,
        [
            "recovery_codes.made",
            "second_step.added",
            "second_step.added",
            "second_step.removed",
            "recovery_codes.made",
            "second_step.removed"
        ]
    );
}

#[test]
fn a_move_keeps_two_step_verification_on_throughout() {
    let t = TestAccounts::create();
    let id = t.person("alice@example.test").id;
    let (old, _) = added(&t, &id, None);
    let (_, done) = added(&t, &id, Some(old.clone()));
    assert!(matches!(done, Added::Now { moved: true, codes: None }));
    let mail = last_mail(&t);
    assert!(matches!(mail, Mail::SecondStepChanged { replaced: true, ref before, .. } if before == "Phone"));
    assert_eq!(t.read(|c| totp::count(c, &id)), 1);
    assert_eq!(removed(&t, &id, &old), None, "the old one is gone");
}

#[test]
fn a_rename_is_told_and_the_same_name_is_none() {
    let t = TestAccounts::create();
    let id = t.person("alice@example.test").id;
    let (app, _) = added(&t, &id, None);
    for (new, mails) in [("Phone", 1), ("Tablet", 2)] {
        let (id, app) = (id.clone(), app.clone());
        assert!(t.write(move |tx| rename(tx, &id, &app, &name(new))));
        assert_eq!(t.mails().len(), mails);
    }
    let Mail::SecondStepChanged { step, .. } = last_mail(&t) else { panic!("another mail") };
    assert_eq!(step, SecondStep::App("Tablet".to_owned()));
}

#[test]
fn other_sessions_end_when_the_owner_wishes() {
    let t = TestAccounts::create();
    let id = t.person("alice@example.test").id;
    let lifetimes = Lifetimes { idle_seconds: 3600, absolute_seconds: 7200 };
    let account = id.clone();
    let [here, elsewhere] = t.write(move |tx| {
        let mut log_in = || session::log_in(tx, None, &account, &Authentication::password(), &lifetimes);
        Ok([log_in()?.0, log_in()?.0])
    });
    let now = t.accounts.now();
    let keep = t.read(|c| session::find(c, &here.hash(), now, &lifetimes)).unwrap().id;
    let (app, secret) = begun(&t, &id, None);
    let (account, code) = (id.clone(), secret.code_at(t.accounts.now()));
    t.write(move |tx| add(tx, &account, &app, &name("Phone"), &code, Some(&keep)));
    assert!(t.read(|c| session::find(c, &here.hash(), now, &lifetimes)).is_some());
    assert!(t.read(|c| session::find(c, &elsewhere.hash(), now, &lifetimes)).is_none());
}
