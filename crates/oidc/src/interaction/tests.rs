use super::*;
use account::testing::TestAccounts;
use account::{Actor, Timestamp};
use std::time::Duration;

fn begin(t: &TestAccounts, browser: &'static [u8], path: &'static str) -> InteractionId {
    t.accounts.write_blocking(&Actor::system(), move |tx| begin_local(tx, browser, path)).unwrap()
}

fn look(t: &TestAccounts, id: &InteractionId, browser: &[u8]) -> Option<Interaction> {
    let now: Timestamp = t.accounts.now();
    t.accounts.db.read_blocking(|c| find(c, id, browser, now)).unwrap()
}

#[test]
fn only_the_browser_that_began_it_has_it() {
    let t = TestAccounts::create();
    let id = begin(&t, b"mine", "/account/security");
    assert_eq!(look(&t, &id, b"mine").unwrap().local_path(), Some("/account/security"));
    assert!(look(&t, &id, b"other").is_none());
    assert!(look(&t, &id, b"").is_none());
}

#[test]
fn one_from_another_site_belongs_to_the_first_browser_that_follows() {
    let t = TestAccounts::create();
    let request = AuthorizationRequest { client_id: Some("tracker".into()), ..Default::default() };
    let id = t
        .accounts
        .write_blocking(&Actor::system(), move |tx| begin_authorization(tx, None, &request, &Progress::default()))
        .unwrap();
    assert!(look(&t, &id, b"").is_none(), "no browser is not a browser");
    for (browser, expected) in [(b"first", true), (b"other", false)] {
        let id = id.clone();
        let adopted = t.accounts.write_blocking(&Actor::system(), move |tx| adopt(tx, &id, browser)).unwrap();
        assert_eq!(adopted, expected);
    }
    assert_eq!(look(&t, &id, b"first").unwrap().client_id.as_deref(), Some("tracker"));
}

#[test]
fn it_finishes_once_and_is_over_after_an_hour() {
    let t = TestAccounts::create();
    let id = begin(&t, b"mine", "/account");
    let interaction = look(&t, &id, b"mine").unwrap();
    let winners = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let interaction = interaction.clone();
                    t.accounts.write_blocking(&Actor::system(), move |tx| finish(tx, &interaction)).unwrap()
                })
            })
            .collect();
        tries.into_iter().map(|thread| thread.join().unwrap()).filter(|won| *won).count()
    });
    assert_eq!(winners, 1);
    assert!(look(&t, &id, b"mine").unwrap().is_over);

    let id = begin(&t, b"mine", "/account");
    t.clock.advance(Duration::from_secs(3600));
    let interaction = look(&t, &id, b"mine").unwrap();
    assert!(interaction.is_over);
    let noted = t.accounts.write_blocking(&Actor::system(), move |tx| note_email(tx, &interaction, Some("a@b.c")));
    assert!(!noted.unwrap());
}

#[test]
fn a_destination_elsewhere_becomes_the_account_page() {
    for path in ["https://evil.test", "//evil.test", "/\\evil.test", "account", "", "/a b", "/a\nb", "javascript:1"] {
        let t = TestAccounts::create();
        let id = t.accounts.write_blocking(&Actor::system(), move |tx| begin_local(tx, b"b", path)).unwrap();
        assert_eq!(look(&t, &id, b"b").unwrap().local_path(), Some("/account"), "{path}");
    }
}

#[test]
fn taking_another_account_forgets_that_somebody_logged_in() {
    let t = TestAccounts::create();
    let id = begin(&t, b"mine", "/account");
    let interaction = look(&t, &id, b"mine").unwrap();
    let (made, other) = (LoginId::new(t.accounts.now()), LoginId::new(t.accounts.now()));
    let login = Login {
        id: made.clone(),
        account_id: AccountId::new(t.accounts.now()),
        authenticated_at: t.accounts.now(),
        amr: vec![],
        acr: account::session::Acr::Password,
    };
    let (i, o) = (interaction.clone(), other.clone());
    t.accounts
        .write_blocking(&Actor::system(), move |tx| {
            note_email(tx, &i, Some("alice@example.test"))?;
            note_authenticated(tx, &i, &login)?;
            note_account_chosen(tx, &i, Some(&o))
        })
        .unwrap();
    let progress = look(&t, &id, b"mine").unwrap().progress;
    assert_eq!(progress.email.as_deref(), Some("alice@example.test"));
    assert_eq!((progress.login, progress.authenticated), (Some(other), false));
}
