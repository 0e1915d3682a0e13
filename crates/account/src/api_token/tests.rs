use super::*;
use crate::account::AccountStatus;
use crate::revocation;
use crate::secret::Token;
use crate::testing::TestAccounts;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

fn wanted(name: &str, days: u32) -> NewToken {
    let scopes = vec![TokenScope::OpenId, TokenScope::Email];
    NewToken { name: TokenName::parse(name).unwrap(), scopes, days, form: Token::generate() }
}

fn ask(t: &TestAccounts, account: &AccountId, new: &NewToken) -> (ApiSecret, Made) {
    let (account, new, secret) = (account.clone(), new.clone(), ApiSecret::generate());
    let shown = secret.clone();
    (shown, t.write(move |tx| make(tx, &account, &new, &secret)))
}

fn made(t: &TestAccounts, account: &AccountId, days: u32) -> (ApiSecret, ApiToken) {
    match ask(t, account, &wanted("Backup", days)) {
        (secret, Made::Token(token)) => (secret, token),
        (_, other) => panic!("{other:?}"),
    }
}

fn good(t: &TestAccounts, secret: &ApiSecret) -> bool {
    t.read(|conn| find_good(conn, secret, t.accounts.now())).is_some()
}

#[test]
fn a_token_works_until_it_is_over_and_its_owner_is_told_that_it_was_made() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    let (secret, token) = made(&t, &alice, 1);
    assert_eq!(t.read(|conn| find_good(conn, &secret, t.accounts.now())).as_ref(), Some(&token));
    assert_eq!((token.scope().as_str(), token.beginning.as_str()), ("openid email", secret.beginning()));
    let mails = t.mails();
    assert!(
        matches!(&mails[..], [(to, Mail::ApiTokenMade { name, .. })] if to == "alice@example.test" && name == "Backup")
    );
    t.clock.advance(DAY);
    assert!(!good(&t, &secret));
    assert!(!good(&t, &ApiSecret::generate()));
    assert_eq!(t.read(|conn| list(conn, &alice)).len(), 1, "its owner still sees that it is over");
}

#[test]
fn a_life_is_never_longer_than_a_year() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    for (asked, given) in [(0, 1), (365, 365), (u32::MAX, 365)] {
        let (_, token) = made(&t, &alice, asked);
        assert_eq!(token.expires_at.since(token.created_at), DAY * given);
    }
}

/// A reload of the page that shows the token sends the form again.
#[test]
fn a_form_that_is_sent_again_makes_no_second_token() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    let new = wanted("Backup", 7);
    assert!(matches!(ask(&t, &alice, &new).1, Made::Token(_)));
    let (secret, again) = ask(&t, &alice, &new);
    assert_eq!(again, Made::Already);
    assert!(!good(&t, &secret));
    let together: Vec<Made> = std::thread::scope(|scope| {
        let new = wanted("Together", 7);
        let tries: Vec<_> = (0..4).map(|_| (new.clone(), &t, &alice)).collect();
        let tries: Vec<_> =
            tries.into_iter().map(|(new, t, alice)| scope.spawn(move || ask(t, alice, &new).1)).collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(together.iter().filter(|made| matches!(made, Made::Token(_))).count(), 1, "{together:?}");
}

#[test]
fn fifty_tokens_are_enough() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    let mut last = wanted("First", 1);
    for _ in 0..MAX_LIVING {
        last = wanted("Backup", 30);
        assert!(matches!(ask(&t, &alice, &last).1, Made::Token(_)));
    }
    assert_eq!(ask(&t, &alice, &wanted("One more", 30)).1, Made::TooMany);
    assert_eq!(ask(&t, &alice, &last).1, Made::Already, "a reload of the last one");
    let bob = t.person("bob@example.test").id;
    made(&t, &bob, 1);
    t.clock.advance(DAY * 30);
    made(&t, &alice, 1);
}

#[test]
fn only_its_owner_revokes_a_token_and_it_stays_revoked() {
    let t = TestAccounts::create();
    let (alice, eve) = (t.person("alice@example.test").id, t.person("eve@example.test").id);
    let (secret, token) = made(&t, &alice, 7);
    let by = |account: &AccountId| {
        let (account, id) = (account.clone(), token.id.clone());
        t.write(move |tx| revoke(tx, &account, &id))
    };
    assert!(!by(&eve) && good(&t, &secret), "a foreign id");
    assert!(t.read(|conn| find_own(conn, &eve, &token.id, t.accounts.now())).is_none());
    assert!(by(&alice) && !good(&t, &secret));
    assert!(!by(&alice), "once");
    assert!(t.read(|conn| list(conn, &alice)).is_empty());
}

#[test]
fn every_token_ends_when_a_door_is_locked_and_none_with_a_new_password() {
    let t = TestAccounts::create();
    let (alice, bob) = (t.person("alice@example.test").id, t.person("bob@example.test").id);
    let (secrets, others): (Vec<_>, _) = ((0..3).map(|_| made(&t, &alice, 7).0).collect(), made(&t, &bob, 7).0);
    let session = crate::session::SessionId::new(t.accounts.now());
    let id = alice.clone();
    t.write(move |tx| revocation::everything_elsewhere(tx, &id, &session));
    assert!(secrets.iter().all(|secret| good(&t, secret)));
    let id = alice.clone();
    t.write(move |tx| revocation::everything(tx, &id));
    assert!(!secrets.iter().any(|secret| good(&t, secret)) && good(&t, &others));
    let id = alice.clone();
    assert_eq!(t.write(move |tx| revoke_all(tx, &id)), 0);
}

#[test]
fn a_token_of_an_account_that_is_not_active_opens_nothing() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    let (secret, _) = made(&t, &alice, 7);
    let id = alice.clone();
    t.write(move |tx| account::set_status(tx, &id, AccountStatus::Active, AccountStatus::Deleted, None));
    assert!(!good(&t, &secret));
    assert_eq!(ask(&t, &alice, &wanted("Late", 1)).1, Made::NotActive);
}

#[test]
fn a_use_is_noted_every_five_minutes() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    let (_, token) = made(&t, &alice, 7);
    let used = || {
        let id = token.id.clone();
        t.write(move |tx| note_use(tx, &id));
        t.read(|conn| list(conn, &alice))[0].clone()
    };
    assert!(token.use_is_to_be_noted(t.accounts.now()));
    let first = used();
    assert!(first.last_used_at.is_some() && !first.use_is_to_be_noted(t.accounts.now()));
    t.clock.advance(Duration::from_secs(200));
    assert_eq!(used().last_used_at, first.last_used_at);
    t.clock.advance(Duration::from_secs(200));
    assert!(first.use_is_to_be_noted(t.accounts.now()));
    assert!(used().last_used_at > first.last_used_at);
}

#[test]
fn names_are_short_and_visible() {
    assert_eq!(TokenName::parse("  Backup  ").unwrap().as_str(), "Backup");
    for (text, problem) in [
        ("  ", TokenNameProblem::Missing),
        ("a\nb", TokenNameProblem::Invisible),
        ("a\u{202e}b", TokenNameProblem::Invisible),
        (&"x".repeat(101), TokenNameProblem::TooLong),
    ] {
        assert_eq!(TokenName::parse(text), Err(problem));
    }
}
