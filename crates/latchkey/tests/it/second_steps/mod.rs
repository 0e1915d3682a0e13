//! Second steps in their owner's hands: authenticator apps and recovery codes on the account pages.

mod at_rest;
mod attacks;
mod in_chromium;
mod lost;

use crate::log_in::{ALICE, PASSWORD, account, log_in, session_of};
use crate::support::{Browser, Provider, Shown};
use ::account::AccountId;
use ::account::account::AccountStatus;
use ::account::credential::totp::{self, AppId, Secret};
use std::time::Duration;

pub const SECURITY: &str = "/account/security";
pub const ADD: &str = "/account/security/apps/add";

/// Alice, logged in.
pub async fn begin() -> (Provider, Browser, AccountId) {
    let provider = Provider::start().await;
    let id = account(&provider, ALICE, AccountStatus::Active).await;
    let browser = provider.browser();
    log_in(&browser, ALICE, PASSWORD).await.expect("/account");
    (provider, browser, id)
}

/// A page of somebody who has a second step, with the proof that it may ask for on the way.
pub async fn open(provider: &Provider, browser: &Browser, path: &str, phone: &Secret) -> Shown {
    let mut shown = browser.open(path).await;
    if shown.path() == "/login/password" {
        shown = browser.click(&shown, "log-in", &[("password", PASSWORD)]).await;
    }
    if shown.path() == "/login/two-step" {
        provider.clock.advance(Duration::from_secs(30));
        shown = browser.click(&shown, "verify", &[("code", &code(provider, phone))]).await;
    }
    shown
}

/// The page with the square of a new app.
pub async fn square(browser: &Browser) -> Shown {
    let shown = browser.open(SECURITY).await;
    let shown = browser.open(&shown.link("add-app")).await;
    browser.click(shown.expect(ADD), "begin", &[]).await
}

/// What a phone knows that scanned the square of this page.
pub fn phone(provider: &Provider, account: &AccountId, app: &str) -> Secret {
    let (app, now, key) = (AppId::parse(app).expect("an id"), provider.accounts.now(), &provider.accounts.key);
    let found = provider.accounts.db.read_blocking(|conn| totp::waiting(conn, key, account, &app, now));
    found.expect("read").expect("the app waits").secret
}

/// [`phone`], of the app on the page.
pub fn scan(provider: &Provider, account: &AccountId, shown: &Shown) -> Secret {
    let fields = shown.form_with("confirm").fields;
    phone(provider, account, &fields.into_iter().find(|(name, _)| name == "app").expect("an app").1)
}

pub fn code(provider: &Provider, secret: &Secret) -> String {
    secret.code_at(provider.accounts.now())
}

/// A confirmed app, half a minute ago: its secret, and the page that followed.
pub async fn app(provider: &Provider, browser: &Browser, account: &AccountId, name: &str) -> (Secret, Shown) {
    let shown = square(browser).await;
    let secret = scan(provider, account, &shown);
    let code = code(provider, &secret);
    let shown = browser.click(&shown, "confirm", &[("code", &code), ("name", name)]).await;
    provider.clock.advance(Duration::from_secs(30));
    (secret, shown)
}

/// The recovery codes on a page.
pub fn codes_on(shown: &Shown) -> Vec<String> {
    let list = shown.text("recovery-codes");
    list.split_whitespace().map(str::to_owned).collect()
}

#[tokio::test]
async fn the_first_app_turns_two_step_verification_on_and_brings_recovery_codes() {
    let (provider, browser, id) = begin().await;
    let shown = browser.open(SECURITY).await;
    assert_eq!(shown.text("two-step"), "Off");
    assert!(!shown.has("recovery-codes"));
    let shown = square(&browser).await;
    assert!(shown.expect(ADD).has("square"), "{}", shown.brief());
    let secret = scan(&provider, &id, &shown);
    assert_eq!(shown.text("key").replace(' ', ""), secret.base32().as_str());
    let typed = code(&provider, &secret);
    let spaced = format!("{} {}", &typed[..3], &typed[3..]);
    let shown = browser.click(&shown, "confirm", &[("code", &spaced), ("name", "My  phone")]).await;
    let codes = codes_on(&shown);
    assert!(shown.status.is_success() && codes.len() == 10, "{}", shown.brief());
    assert_eq!(shown.headers.get("cache-control").expect("a header"), "no-store");
    let shown = browser.open(&shown.link("done")).await;
    assert_eq!((shown.text("two-step").as_str(), shown.text("codes-left").as_str()), ("On", "10"));
    assert!(shown.text("apps").contains("My phone"));
    let mail = provider.mails.wait_for(|mail| mail.is_to(ALICE) && mail.subject.contains("is on")).await;
    assert!(mail.text.contains("My phone") && mail.text.contains("It was not you?"));
    // Another one beside it brings no codes, and asks for the first one before.
    provider.clock.advance(Duration::from_secs(30));
    let asked = browser.open(ADD).await;
    assert_eq!(asked.path(), "/login/password");
    open(&provider, &browser, ADD, &secret).await.expect(ADD);
    let (_, shown) = app(&provider, &browser, &id, "Tablet").await;
    assert!(shown.expect(SECURITY).text("apps").contains("Tablet"));
    assert!(shown.plain().contains("The app is added"));
}

#[tokio::test]
async fn a_wrong_code_keeps_what_was_typed_and_the_same_secret() {
    let (provider, browser, id) = begin().await;
    let shown = square(&browser).await;
    let key = shown.text("key");
    for typed in ["", "000000", "12345", "abcdef", &"9".repeat(3000)] {
        let wrong =
            browser.click(&shown, "confirm", &[("code", typed), ("name", "Tablet"), ("end-others", "true")]).await;
        assert_eq!(wrong.status.as_u16(), 422, "{typed}");
        assert!(wrong.has("code-error") && wrong.text("key") == key);
        let fields = wrong.form_with("confirm").fields;
        assert!(fields.contains(&("name".to_owned(), "Tablet".to_owned())), "{fields:?}");
        assert!(fields.contains(&("end-others".to_owned(), "true".to_owned())), "{fields:?}");
    }
    let right = code(&provider, &scan(&provider, &id, &shown));
    let wrong = browser.click(&shown, "confirm", &[("code", &right), ("name", &"x".repeat(61))]).await;
    assert!(wrong.status.as_u16() == 422 && wrong.has("name-error") && !wrong.has("code-error"));
    assert_eq!(codes_on(&browser.click(&wrong, "confirm", &[("code", &right), ("name", "Tablet")]).await).len(), 10);
}

#[tokio::test]
async fn other_browsers_are_logged_out_when_the_box_is_ticked() {
    for ticked in [true, false] {
        let (provider, browser, id) = begin().await;
        let other = provider.browser();
        log_in(&other, ALICE, PASSWORD).await.expect("/account");
        let shown = square(&browser).await;
        let code = code(&provider, &scan(&provider, &id, &shown));
        let mut fill = vec![("code", code.as_str())];
        fill.extend(ticked.then_some(("end-others", "true")));
        codes_on(&browser.click(&shown, "confirm", &fill).await);
        assert!(session_of(&provider, &browser).is_some());
        assert_eq!(session_of(&provider, &other).is_none(), ticked);
    }
}

#[tokio::test]
async fn an_app_is_renamed_moved_and_removed() {
    let (provider, browser, id) = begin().await;
    let (old, _) = app(&provider, &browser, &id, "Phone").await;
    let shown = browser.open(SECURITY).await;
    let page = shown.link("app-1");
    let shown = open(&provider, &browser, &page, &old).await;
    let wrong = browser.click(&shown, "save", &[("name", " ")]).await;
    assert!(wrong.status.as_u16() == 422 && wrong.has("name-error"));
    let shown = browser.click(&shown, "save", &[("name", "Old phone")]).await;
    assert!(shown.expect(SECURITY).text("apps").contains("Old phone"));
    // Move: until the new phone's first code the old one counts.
    let shown = browser.open(&page).await;
    let shown = browser.click(&shown, "move", &[]).await;
    assert!(shown.expect(ADD).plain().contains("Move to a new phone"));
    let new = scan(&provider, &id, &shown);
    let count = |id: &AccountId| provider.accounts.db.read_blocking(|conn| totp::count(conn, id)).expect("read");
    assert_eq!(count(&id), 1);
    let typed = code(&provider, &new);
    let shown = browser.click(&shown, "confirm", &[("code", &typed), ("name", "New phone")]).await;
    assert!(shown.expect(SECURITY).plain().contains("took the place"));
    assert!(!shown.text("apps").contains("Old phone") && shown.text("codes-left") == "10");
    provider.clock.advance(Duration::from_secs(30));
    assert!(!spent(&provider, &id, &old).await && spent(&provider, &id, &new).await);
    provider.mails.wait_for(|mail| mail.subject.contains("was replaced")).await;
    // Remove: what it means is told before.
    let shown = browser.open(&shown.link("app-1")).await;
    let shown = browser.open(&shown.link("remove")).await;
    assert!(shown.plain().contains("recovery codes are void") && shown.plain().contains("password alone"));
    let shown = browser.click(&shown, "remove", &[]).await;
    assert_eq!(shown.expect(SECURITY).text("two-step"), "Off");
    assert!(!shown.has("codes-left"));
    provider.mails.wait_for(|mail| mail.subject.contains("is off")).await;
}

pub async fn spent(provider: &Provider, account: &AccountId, secret: &Secret) -> bool {
    let (id, code) = (account.clone(), code(provider, secret));
    let spend = move |tx: &mut ::account::Tx<'_>| totp::spend(tx, &id, &code);
    provider.accounts.write(&::account::Actor::system(), spend).await.expect("written")
}

#[tokio::test]
async fn new_recovery_codes_are_shown_once_and_make_the_old_ones_void() {
    let (provider, browser, id) = begin().await;
    let none = browser.open("/account/security/recovery-codes").await;
    assert!(!none.has("make-codes") && none.has("add-app"), "nothing that they would stand in for");
    let (phone, shown) = app(&provider, &browser, &id, "Phone").await;
    let old = codes_on(&shown);
    let shown = browser.open(SECURITY).await;
    let shown = open(&provider, &browser, &shown.link("recovery-codes"), &phone).await;
    assert_eq!(shown.text("codes-left"), "10");
    let made = browser.click(&shown, "make-codes", &[]).await;
    let new = codes_on(&made);
    assert!(new.len() == 10 && new.iter().all(|code| !old.contains(code)));
    provider.mails.wait_for(|mail| mail.subject.contains("New recovery codes")).await;
    for path in [SECURITY, "/account/security/recovery-codes"] {
        let shown = browser.open(path).await;
        assert!(new.iter().all(|code| !shown.body.contains(code)), "{path}");
    }
}
