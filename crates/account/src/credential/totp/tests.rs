use super::*;
use crate::testing::TestAccounts;
use crate::{Accounts, Actor};
use db::schema::totp_apps;
use diesel::prelude::*;
use proptest::prelude::*;
use std::time::Duration;

fn name(text: &str) -> AppName {
    AppName::parse(text).unwrap()
}

fn alice(t: &TestAccounts) -> AccountId {
    t.person("alice@example.test").id
}

fn begin_with(t: &TestAccounts, account: &AccountId, replaces: Option<AppId>) -> Option<AppId> {
    let account = account.clone();
    t.write(move |tx| begin(tx, &account, &name("Phone"), replaces.as_ref()))
}

fn waits(t: &TestAccounts, account: &AccountId, app: &AppId) -> Option<Waiting> {
    let now = t.accounts.now();
    t.read(|c| waiting(c, &t.accounts.key, account, app, now))
}

fn confirm_with(t: &TestAccounts, account: &AccountId, app: &AppId, typed: &str) -> Confirmed {
    let (account, app, typed) = (account.clone(), app.clone(), typed.to_owned());
    t.write(move |tx| confirm(tx, &account, &app, &name("My phone"), &typed))
}

fn spent(t: &TestAccounts, account: &AccountId, typed: &str) -> bool {
    let (account, typed) = (account.clone(), typed.to_owned());
    t.write(move |tx| spend(tx, &account, &typed))
}

fn code(t: &TestAccounts, secret: &Secret) -> String {
    secret.code_at(t.accounts.now())
}

fn pass(t: &TestAccounts, seconds: u64) {
    t.clock.advance(Duration::from_secs(seconds));
}

/// An app that counts, a step after its first code: its secret.
fn app(t: &TestAccounts, account: &AccountId) -> (AppId, Secret) {
    let id = begin_with(t, account, None).expect("room");
    let secret = waits(t, account, &id).expect("it waits").secret;
    assert_eq!(confirm_with(t, account, &id, &code(t, &secret)), Confirmed::Now { replaced: None });
    pass(t, 30);
    (id, secret)
}

#[test]
fn an_app_counts_from_its_first_right_code_on() {
    let t = TestAccounts::create();
    let id = alice(&t);
    let begun = begin_with(&t, &id, None).unwrap();
    let secret = waits(&t, &id, &begun).unwrap().secret;
    assert_eq!(t.read(|c| count(c, &id)), 0);
    assert!(!spent(&t, &id, &code(&t, &secret)), "an app that waits is no second step");
    assert_eq!(confirm_with(&t, &id, &begun, "000000"), Confirmed::Wrong);
    assert_eq!(confirm_with(&t, &id, &begun, &code(&t, &secret)), Confirmed::Now { replaced: None });
    assert_eq!(confirm_with(&t, &id, &begun, &code(&t, &secret)), Confirmed::Gone);
    assert!(waits(&t, &id, &begun).is_none(), "its secret is not shown again");
    assert!(!spent(&t, &id, &code(&t, &secret)), "confirming spent the code");
    pass(&t, 30);
    assert!(spent(&t, &id, &code(&t, &secret)));
    let apps = t.read(|c| list(c, &id));
    assert_eq!(apps.len(), 1);
    assert_eq!((apps[0].name.as_str(), apps[0].last_used_at), ("My phone", Some(t.accounts.now())));
}

/// RFC 6238 §5.2: no second acceptance, one step of drift.
#[test]
fn a_code_works_once_and_no_older_one_after_it() {
    let t = TestAccounts::create();
    let id = alice(&t);
    let (_, secret) = app(&t, &id);
    pass(&t, 300);
    let at = |steps: i64| secret.code_at(t.accounts.now().plus_seconds(steps * 30));
    let (early, now, late, later, latest) = (at(-2), at(-1), at(0), at(1), at(2));
    assert!(!spent(&t, &id, &early) && !spent(&t, &id, &latest), "two steps are too far");
    assert!(spent(&t, &id, &late) && !spent(&t, &id, &late));
    assert!(!spent(&t, &id, &now), "older than one that was taken");
    assert!(spent(&t, &id, &later) && !spent(&t, &id, &later));
    pass(&t, 30);
    assert!(!spent(&t, &id, &late) && !spent(&t, &id, &later));
    assert!(spent(&t, &id, &latest));
}

#[test]
fn spaces_dashes_and_wide_digits_are_forgiven_and_nothing_else() {
    let t = TestAccounts::create();
    let id = alice(&t);
    let (_, secret) = app(&t, &id);
    let spaced = |code: &str| format!(" {}\u{a0}{} ", &code[..3], &code[3..]);
    let dashed = |code: &str| format!("{}-{}\u{2013}{}", &code[..2], &code[2..4], &code[4..]);
    let wide = |code: &str| code.bytes().map(|b| char::from_u32(0xff10 + u32::from(b - b'0')).unwrap()).collect();
    let writings: [&dyn Fn(&str) -> String; 3] = [&spaced, &dashed, &wide];
    for write in writings {
        let right = code(&t, &secret);
        for wrong in ["", "+", "12345", &right[1..], &format!("{right}0"), &format!("0{right}"), &" ".repeat(500)] {
            assert!(!spent(&t, &id, wrong), "{wrong:?}");
        }
        assert!(spent(&t, &id, &write(&right)));
        pass(&t, 30);
    }
}

#[test]
fn a_code_of_another_account_is_worth_nothing() {
    let t = TestAccounts::create();
    let (alice, eve) = (alice(&t), t.person("eve@example.test").id);
    let (id, secret) = app(&t, &alice);
    assert!(!spent(&t, &eve, &code(&t, &secret)));
    let (eves, app, other) = (eve.clone(), id.clone(), name("Eve's"));
    assert_eq!(t.write(move |tx| rename(tx, &eves, &app, &other)), None);
    let (eves, app) = (eve.clone(), id.clone());
    assert_eq!(t.write(move |tx| remove(tx, &eves, &app)), None);
    assert_eq!(begin_with(&t, &eve, Some(id.clone())), None, "nobody replaces somebody else's app");
    let waiting = begin_with(&t, &alice, None).unwrap();
    assert!(waits(&t, &eve, &waiting).is_none());
    let shown = waits(&t, &alice, &waiting).unwrap().secret;
    assert_eq!(confirm_with(&t, &eve, &waiting, &code(&t, &shown)), Confirmed::Gone);
    assert_eq!(t.read(|c| list(c, &alice))[0].name, "My phone");
    assert!(spent(&t, &alice, &code(&t, &secret)));
}

#[test]
fn several_apps_count_beside_each_other_up_to_a_limit() {
    let t = TestAccounts::create();
    let id = alice(&t);
    let apps: Vec<_> = (0..MOST_APPS).map(|_| app(&t, &id)).collect();
    assert_eq!(begin_with(&t, &id, None), None);
    for (_, secret) in &apps {
        assert!(spent(&t, &id, &code(&t, secret)));
    }
    let (account, first) = (id.clone(), apps[0].0.clone());
    let removed = t.write(move |tx| remove(tx, &account, &first)).unwrap();
    assert_eq!((removed.name.as_str(), removed.left), ("My phone", 9));
    pass(&t, 30);
    assert!(!spent(&t, &id, &code(&t, &apps[0].1)));
    let account = id.clone();
    assert_eq!(t.write(move |tx| remove_all(tx, &account)), 9);
    assert_eq!(t.read(|c| count(c, &id)), 0);
}

#[test]
fn the_new_phone_takes_the_place_of_the_old_one_in_one_stroke() {
    let t = TestAccounts::create();
    let id = alice(&t);
    let (old, secret) = app(&t, &id);
    let new = begin_with(&t, &id, Some(old.clone())).unwrap();
    assert!(spent(&t, &id, &code(&t, &secret)), "until the new one is confirmed the old one counts");
    let shown = waits(&t, &id, &new).unwrap();
    assert_eq!(shown.replaces.as_ref(), Some(&old));
    let done = confirm_with(&t, &id, &new, &code(&t, &shown.secret));
    assert_eq!(done, Confirmed::Now { replaced: Some("My phone".to_owned()) });
    let apps = t.read(|c| list(c, &id));
    assert_eq!(apps.iter().map(|app| &app.id).collect::<Vec<_>>(), [&new]);
    pass(&t, 30);
    assert!(!spent(&t, &id, &code(&t, &secret)) && spent(&t, &id, &code(&t, &shown.secret)));
}

#[test]
fn a_secret_that_was_shown_and_not_confirmed_is_given_up() {
    let t = TestAccounts::create();
    let id = alice(&t);
    let first = begin_with(&t, &id, None).unwrap();
    let shown = waits(&t, &id, &first).unwrap().secret;
    let second = begin_with(&t, &id, None).unwrap();
    assert_eq!(confirm_with(&t, &id, &first, &code(&t, &shown)), Confirmed::Gone, "another one was begun");
    let shown = waits(&t, &id, &second).unwrap().secret;
    pass(&t, WAITING_SECONDS.unsigned_abs());
    assert!(waits(&t, &id, &second).is_none());
    assert_eq!(confirm_with(&t, &id, &second, &code(&t, &shown)), Confirmed::Gone, "an hour went by");
}

/// Eight requests on two nodes with the same code at the same moment.
#[test]
fn of_many_at_once_one_spends_the_code() {
    let t = TestAccounts::create();
    let id = alice(&t);
    let (_, secret) = app(&t, &id);
    let other = Accounts::new(t.database.open(), t.clock.clone(), crate::secret::InstallationKey::new(&[42; 32]));
    for _ in 0..3 {
        pass(&t, 30);
        let right = code(&t, &secret);
        let won: Vec<bool> = std::thread::scope(|scope| {
            let nodes = [&t.accounts, &other].into_iter().cycle().take(8);
            let threads: Vec<_> = nodes
                .map(|node| {
                    let (id, right) = (id.clone(), right.clone());
                    scope.spawn(move || {
                        node.write_blocking(&Actor::system(), move |tx| spend(tx, &id, &right)).expect("written")
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
    }
}

#[test]
fn of_many_at_once_one_confirms_the_app() {
    let t = TestAccounts::create();
    let id = alice(&t);
    let begun = begin_with(&t, &id, None).unwrap();
    let right = code(&t, &waits(&t, &id, &begun).unwrap().secret);
    let done: Vec<Confirmed> = std::thread::scope(|scope| {
        let try_it = || {
            let (id, begun, right, node) = (id.clone(), begun.clone(), right.clone(), &t.accounts);
            scope.spawn(move || {
                let confirm = move |tx: &mut Tx<'_>| confirm(tx, &id, &begun, &name("Phone"), &right);
                node.write_blocking(&Actor::system(), confirm).expect("written")
            })
        };
        let threads: Vec<_> = (0..6).map(|_| try_it()).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(done.iter().filter(|done| **done == Confirmed::Now { replaced: None }).count(), 1, "{done:?}");
}

#[test]
fn secrets_are_sealed_each_for_its_row() {
    let t = TestAccounts::create();
    let id = alice(&t);
    let (first, one) = app(&t, &id);
    let (second, two) = app(&t, &id);
    let rows: Vec<(AppId, Vec<u8>)> =
        t.read(|c| Ok(totp_apps::table.select((totp_apps::id, totp_apps::sealed_secret)).load(c)?));
    for (_, sealed) in &rows {
        for secret in [&one, &two] {
            assert!(!sealed.windows(8).any(|part| part == &secret.bytes()[..8]));
        }
    }
    // Whoever writes to the database cannot give somebody the secret of an app of their own.
    let sealed = rows.into_iter().find(|(id, _)| *id == first).unwrap().1;
    t.write(move |tx| {
        diesel::update(totp_apps::table.find(&second)).set(totp_apps::sealed_secret.eq(&sealed)).execute(tx.conn)?;
        Ok(())
    });
    let spend = move |tx: &mut Tx<'_>| spend(tx, &id, "000000");
    assert!(t.accounts.write_blocking(&Actor::system(), spend).is_err(), "said aloud, not passed over");
    assert!(!format!("{one:?}").contains(one.base32().as_str()));
}

#[test]
fn the_address_in_the_square_names_installation_and_account() {
    let secret = Secret::of(&[b'A'; 20]).unwrap();
    assert_eq!(secret.base32().as_str(), "IFAUCQKBIFAUCQKBIFAUCQKBIFAUCQKB");
    assert_eq!(
        secret.uri("Example: ID", "alice+1@example.test").as_str(),
        "otpauth://totp/Example%20%20ID:alice%2B1%40example.test?secret=IFAUCQKBIFAUCQKBIFAUCQKBIFAUCQKB&issuer=Example%20%20ID"
    );
    assert!(secret.uri("", "a@b").starts_with("otpauth://totp/a%40b?"));
}

/// RFC 6238 appendix B, its SHA-1 column cut to six digits.
#[test]
fn codes_are_those_of_the_rfc() {
    let secret = Secret::of(b"12345678901234567890").unwrap();
    for (at, code) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ] {
        let at = Timestamp::from_seconds(at);
        assert_eq!(secret.code_at(at), code);
        assert_eq!(secret.step_of(code, at), Some(at.as_seconds() / 30));
    }
}

proptest! {
    #[test]
    fn nothing_typed_makes_trouble(typed in any::<String>(), at in 0_i64..4_000_000_000) {
        let secret = Secret::of(&[7; 20]).unwrap();
        let now = Timestamp::from_seconds(at);
        let step = secret.step_of(&typed, now);
        prop_assert!(step.is_none_or(|step| (step - at / 30).abs() <= 1));
        if let Ok(name) = AppName::parse(&typed) {
            prop_assert!(!name.as_str().is_empty() && name.as_str().chars().count() <= LONGEST_NAME);
            prop_assert!(!name.as_str().contains(char::is_control));
        }
    }
}
