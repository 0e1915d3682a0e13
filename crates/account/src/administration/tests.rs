use super::*;
use crate::account::{self, AccountStatus, DisplayName, NewAccount};
use crate::email::Email;
use crate::secret::Token;
use crate::session::{self, Authentication, Lifetimes};
use crate::testing::TestAccounts;
use crate::{AccountId, Actor, ActorKind};
use db::schema::{clients, grants, outbox_mails};
use diesel::prelude::*;
use std::time::Duration;

const LIFETIMES: Lifetimes = Lifetimes { idle_seconds: 3600, absolute_seconds: 24 * 3600 };

fn person(t: &TestAccounts, name: &str, verified: bool, operator: bool) -> AccountId {
    t.clock.advance(Duration::from_secs(1));
    let email = format!("{}@example.test", name.split(' ').next().unwrap().to_lowercase());
    let (email, name) = (Email::parse(&email).unwrap(), DisplayName::parse(name).unwrap());
    let new = NewAccount { verified, operator, ..NewAccount::of_person(email, name) };
    t.accounts.write_blocking(&Actor::system(), move |tx| Ok(account::create(tx, &new)?.unwrap().id)).unwrap()
}

fn log_in(t: &TestAccounts, id: &AccountId) -> Token {
    let id = id.clone();
    let done = t.accounts.write_blocking(&Actor::system(), move |tx| {
        session::log_in(tx, None, &id, &Authentication::password(), &LIFETIMES)
    });
    done.unwrap().0
}

fn found(t: &TestAccounts, filter: Filter, direction: Direction) -> Found {
    let now = t.accounts.now();
    t.accounts.db.read_blocking(|c| find(c, &filter, &direction, now, &LIFETIMES)).unwrap()
}

fn names(t: &TestAccounts, text: &str) -> Vec<String> {
    let filter = Filter { text: text.to_owned(), ..Filter::default() };
    found(t, filter, Direction::First).lines.into_iter().map(|line| line.name).collect()
}

fn shut(t: &TestAccounts, by: ActorKind, id: &AccountId) -> Result<(), Refused> {
    let (accounts, id) = (t.accounts.clone(), id.clone());
    let actor = Actor { kind: by, ..Actor::system() };
    t.accounts.write_blocking(&actor, move |tx| deactivate(tx, &accounts.key, &id, "left the company")).unwrap()
}

fn open(t: &TestAccounts, id: &AccountId) -> Result<(), Refused> {
    let (accounts, id) = (t.accounts.clone(), id.clone());
    t.accounts.write_blocking(&Actor::command(), move |tx| reactivate(tx, &accounts.key, &id)).unwrap()
}

fn details(t: &TestAccounts, id: &AccountId) -> Details {
    let now = t.accounts.now();
    t.accounts.db.read_blocking(|c| see(c, id, now, &LIFETIMES)).unwrap().unwrap()
}

#[test]
fn accounts_are_found_by_any_part_of_name_or_address() {
    let t = TestAccounts::create();
    for name in ["Alice Example", "Bob Baker", "Zoë Öberg", "Percent 100% under_score"] {
        person(&t, name, true, false);
    }
    assert_eq!(names(&t, ""), ["Percent 100% under_score", "Zoë Öberg", "Bob Baker", "Alice Example"]);
    assert_eq!(names(&t, "EXAMPLE.test").len(), 4, "every address");
    assert_eq!(names(&t, "aLi"), ["Alice Example"]);
    assert_eq!(names(&t, "bake"), ["Bob Baker"]);
    assert_eq!(names(&t, "Öberg"), ["Zoë Öberg"]);
    assert_eq!(names(&t, "%"), ["Percent 100% under_score"]);
    assert_eq!(names(&t, "under_s"), ["Percent 100% under_score"]);
    assert_eq!(names(&t, "\\"), [""; 0]);
}

#[test]
fn the_filter_knows_state_and_role() {
    let t = TestAccounts::create();
    person(&t, "Alice", true, true);
    person(&t, "Bob", true, false);
    person(&t, "Carol", false, false);
    let of = |status, operators| {
        let filter = Filter { status, operators, ..Filter::default() };
        found(&t, filter, Direction::First).lines.into_iter().map(|line| line.name).collect::<Vec<_>>()
    };
    assert_eq!(of(Some(AccountStatus::Active), false), ["Bob", "Alice"]);
    assert_eq!(of(Some(AccountStatus::Unverified), false), ["Carol"]);
    assert_eq!(of(None, true), ["Alice"]);
    let all = t.accounts.db.read_blocking(counts).unwrap();
    assert_eq!(all, Counts { unverified: 1, active: 2, deactivated: 0, operators: 1 });
}

#[test]
fn pages_follow_each_other_in_both_directions() {
    let t = TestAccounts::create();
    let count = PER_PAGE + 10;
    let mut ids: Vec<AccountId> = (0..count).map(|n| person(&t, &format!("p{n}"), true, false)).collect();
    ids.reverse();
    let of = |found: &Found| found.lines.iter().map(|line| line.id.clone()).collect::<Vec<_>>();
    let first = found(&t, Filter::default(), Direction::First);
    assert_eq!((of(&first), first.has_newer, first.has_older), (ids[..PER_PAGE].to_vec(), false, true));
    let second = found(&t, Filter::default(), Direction::After(ids[PER_PAGE - 1].clone()));
    assert_eq!((of(&second), second.has_newer, second.has_older), (ids[PER_PAGE..].to_vec(), true, false));
    let back = found(&t, Filter::default(), Direction::Before(ids[PER_PAGE].clone()));
    assert_eq!((of(&back), back.has_newer, back.has_older), (ids[..PER_PAGE].to_vec(), false, true));
}

#[test]
fn an_account_shows_its_sessions_and_last_log_in() {
    let t = TestAccounts::create();
    let alice = person(&t, "Alice", true, false);
    assert_eq!(details(&t, &alice).line.last_login_at, None);
    log_in(&t, &alice);
    t.clock.advance(Duration::from_secs(3000));
    log_in(&t, &alice);
    let at = t.accounts.now();
    t.clock.advance(Duration::from_secs(1000));
    let line = details(&t, &alice).line;
    assert_eq!((line.sessions, line.last_login_at), (1, Some(at)), "the first session is idle for too long");
}

#[test]
fn deactivation_ends_everything_and_says_so() {
    let t = TestAccounts::create();
    let (alice, olga) = (person(&t, "Alice", true, false), person(&t, "Olga Operator", true, true));
    let cookie = log_in(&t, &alice);
    give_a_grant(&t, &alice);
    assert_eq!(shut(&t, ActorKind::Account(olga.clone()), &alice), Ok(()));
    let now = t.accounts.now();
    let session = t.accounts.db.read_blocking(|c| session::find(c, &cookie.hash(), now, &LIFETIMES)).unwrap();
    assert!(session.is_none());
    let revoked = grants::table.filter(grants::revoked_at.is_not_null()).count();
    assert_eq!(t.accounts.db.read_blocking(|c| Ok(revoked.get_result::<i64>(c)?)).unwrap(), 1);
    let seen = details(&t, &alice);
    assert_eq!(seen.line.status, AccountStatus::Deactivated);
    assert_eq!(seen.deactivated.unwrap().1, "left the company");
    let entry = &seen.entries[0];
    assert_eq!(
        (entry.entry.action.as_str(), entry.actor_name.as_deref()),
        ("account.deactivated", Some("Olga Operator"))
    );
    assert_eq!(shut(&t, ActorKind::Account(olga), &alice), Err(Refused::NotInThatState));
    t.clock.advance(Duration::from_secs(1));
    assert_eq!(open(&t, &alice), Ok(()));
    assert_eq!(open(&t, &alice), Err(Refused::NotInThatState));
    let seen = details(&t, &alice);
    assert_eq!((seen.line.status, seen.deactivated), (AccountStatus::Active, None));
    let kinds = outbox_mails::table.order(outbox_mails::id).select(outbox_mails::kind);
    let kinds: Vec<String> = t.accounts.db.read_blocking(|c| Ok(kinds.load(c)?)).unwrap();
    assert_eq!(kinds, ["account_deactivated", "account_reactivated"]);
}

#[test]
fn operators_lock_out_neither_themselves_nor_the_last_one() {
    let t = TestAccounts::create();
    let olga = person(&t, "Olga", true, true);
    assert_eq!(shut(&t, ActorKind::Account(olga.clone()), &olga), Err(Refused::Yourself));
    assert_eq!(shut(&t, ActorKind::Command, &olga), Err(Refused::LastOperator));
    let paul = person(&t, "Paul", true, true);
    assert_eq!(shut(&t, ActorKind::Account(paul.clone()), &olga), Ok(()));
    assert_eq!(shut(&t, ActorKind::Command, &paul), Err(Refused::LastOperator), "the other one is deactivated");
    let nobody = AccountId::new(t.accounts.now());
    assert_eq!(shut(&t, ActorKind::Command, &nobody), Err(Refused::NotFound));
}

fn give_a_grant(t: &TestAccounts, account: &AccountId) {
    let account = account.clone();
    let done = t.accounts.write_blocking(&Actor::system(), move |tx| {
        diesel::insert_into(clients::table)
            .values((
                clients::client_id.eq("tracker"),
                clients::metadata.eq("{}"),
                clients::first_party.eq(true),
                clients::source.eq("apply"),
                clients::created_at.eq(tx.now),
                clients::updated_at.eq(tx.now),
            ))
            .execute(tx.conn)?;
        diesel::insert_into(grants::table)
            .values((
                grants::id.eq("g"),
                grants::client_id.eq("tracker"),
                grants::account_id.eq(&account),
                grants::login_id.eq("l"),
                grants::redirect_uri.eq("https://tracker.example.test/callback"),
                grants::scope.eq("openid offline_access"),
                grants::auth_time.eq(tx.now),
                grants::acr.eq("urn:latchkey:acr:password"),
                grants::amr.eq("[]"),
                grants::offline.eq(true),
                grants::created_at.eq(tx.now),
                grants::code_expires_at.eq(tx.now),
                grants::refresh_generation.eq(1_i64),
                grants::expires_at.eq(tx.now.plus_seconds(3600)),
            ))
            .execute(tx.conn)?;
        Ok(())
    });
    done.unwrap();
}
