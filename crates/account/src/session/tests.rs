use super::*;
use crate::testing::{START, TestAccounts};
use crate::{Actor, Timestamp};
use db::schema::accounts;
use diesel::prelude::*;
use std::time::Duration;

const LIFETIMES: Lifetimes = Lifetimes { idle_seconds: 3600, absolute_seconds: 24 * 3600 };

fn account(t: &TestAccounts) -> AccountId {
    t.accounts
        .write_blocking(&Actor::system(), |tx| {
            let id = AccountId::new(tx.now);
            diesel::insert_into(accounts::table)
                .values((
                    accounts::id.eq(&id),
                    accounts::status.eq("active"),
                    accounts::name.eq("Alice"),
                    accounts::operator.eq(false),
                    accounts::claims.eq("{}"),
                    accounts::created_at.eq(tx.now),
                    accounts::updated_at.eq(tx.now),
                ))
                .execute(tx.conn)?;
            Ok(id)
        })
        .unwrap()
}

fn begin(t: &TestAccounts, present: Option<Session>, who: &AccountId) -> (Token, Login) {
    let who = who.clone();
    t.accounts
        .write_blocking(&Actor::system(), move |tx| {
            log_in(tx, present.as_ref(), &who, &Authentication::password(), &LIFETIMES)
        })
        .unwrap()
}

fn look(t: &TestAccounts, token: &Token) -> Option<Session> {
    let now: Timestamp = t.accounts.now();
    t.accounts.db.read_blocking(|c| find(c, &token.hash(), now, &LIFETIMES)).unwrap()
}

#[test]
fn a_second_log_in_makes_the_old_cookie_void() {
    let t = TestAccounts::create();
    let (alice, bob) = (account(&t), account(&t));
    let (first, _) = begin(&t, None, &alice);
    let (second, _) = begin(&t, look(&t, &first), &bob);
    assert!(look(&t, &first).is_none());
    let session = look(&t, &second).unwrap();
    assert!(session.login_of(&alice).is_some() && session.login_of(&bob).is_some());
}

#[test]
fn a_session_ends_when_idle_and_when_its_time_is_over() {
    let t = TestAccounts::create();
    let alice = account(&t);
    let (token, login) = begin(&t, None, &alice);
    for _ in 0..23 {
        t.clock.advance(Duration::from_secs(3599));
        let session = look(&t, &token).expect("touched within the idle time");
        let login = login.id.clone();
        t.accounts.write_blocking(&Actor::system(), move |tx| touch(tx, &session.id, Some(&login))).unwrap();
    }
    t.clock.advance(Duration::from_secs(3600));
    assert!(look(&t, &token).is_none(), "the absolute end");
    let (token, _) = begin(&t, None, &alice);
    t.clock.advance(Duration::from_secs(3601));
    assert!(look(&t, &token).is_none(), "idle");
}

#[test]
fn ending_all_keeps_the_session_that_asked() {
    let t = TestAccounts::create();
    let alice = account(&t);
    let (here, _) = begin(&t, None, &alice);
    let (there, _) = begin(&t, None, &alice);
    let (keep, who) = (look(&t, &here).unwrap().id, alice.clone());
    let ended = t.accounts.write_blocking(&Actor::system(), move |tx| end_all(tx, &who, Some(&keep))).unwrap();
    assert_eq!(ended.len(), 1);
    assert!(look(&t, &here).is_some() && look(&t, &there).is_none());
}

#[test]
fn a_log_in_is_fresh_for_ten_minutes_at_the_level_of_two_steps_where_there_are_two() {
    for (age, acr, reachable, fresh) in [
        (0, Acr::Password, Acr::Password, true),
        (600, Acr::Password, Acr::Password, true),
        (601, Acr::Password, Acr::Password, false),
        (0, Acr::Password, Acr::TwoStep, false),
        (0, Acr::TwoStep, Acr::TwoStep, true),
        (0, Acr::TwoStep, Acr::PhishingResistant, true),
        (601, Acr::PhishingResistant, Acr::PhishingResistant, false),
    ] {
        let login = Login {
            id: LoginId::new(START),
            account_id: AccountId::new(START),
            authenticated_at: START.plus_seconds(-age),
            amr: vec![],
            acr,
        };
        assert_eq!(login.is_fresh(START, reachable), fresh, "{age} {acr:?} {reachable:?}");
    }
}
