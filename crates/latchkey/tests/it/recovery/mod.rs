//! Back in by mail, and what follows from another password or address: each flow through pages and mails.

mod email_change;
mod password_change;

use crate::log_in::{ALICE, PASSWORD, account, log_in, session_of};
use crate::support::{Provider, Shown};
use account::account::AccountStatus;
use std::time::{Duration, Instant};

pub const NEW: &str = "marble kettle orbit";

/// The address in the newest mail to somebody that leads to a page of ours.
pub async fn link(provider: &Provider, to: &str, path: &str) -> String {
    let start = format!("{}{path}?token=", provider.url);
    let mail = provider
        .mails
        .wait_for(|mail| mail.to.iter().any(|recipient| recipient == to) && mail.text.contains(&start))
        .await;
    let at = mail.text.rfind(&start).expect("the link");
    mail.text[at..].split_whitespace().next().expect("an address").to_owned()
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_on_the_way_to_a_product() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let party = provider.party().await;
    let (browser, elsewhere) = (provider.browser(), provider.browser());
    log_in(&elsewhere, ALICE, PASSWORD).await;
    assert!(session_of(&provider, &elsewhere).is_some());
    let shown = browser.open(&party.authorize_url(&[])).await;
    let shown = browser.click(&shown, "continue", &[("email", ALICE)]).await;
    let shown = browser.open(&shown.link("forgot-password")).await;
    shown.expect("/recover");
    assert_eq!(shown.text("client-name"), "Tracker", "the destination is kept");
    let shown = browser.click(&shown, "send", &[("email", ALICE)]).await;
    shown.expect("/recover/sent");
    let link = link(&provider, ALICE, "/recover/password").await;
    let shown = browser.open(&link).await;
    assert_eq!(shown.expect("/recover/password").text("email-address"), ALICE);
    let shown = browser.click(&shown, "save", &[("password", "password")]).await;
    assert_eq!(shown.status.as_u16(), 422, "a weak one is refused, and the link stays good");
    let shown = browser.click(&shown, "save", &[("password", NEW)]).await;
    assert!(shown.expect("/login").plain().contains("Your new password is saved"), "{}", shown.brief());
    assert!(session_of(&provider, &browser).is_none(), "a link is no log-in");
    assert!(session_of(&provider, &elsewhere).is_none(), "logged out everywhere");
    let shown = browser.click(&shown, "continue", &[]).await;
    let shown = browser.click(shown.expect("/login/password"), "log-in", &[("password", NEW)]).await;
    party.code_of(&shown);
    provider.mails.wait_for(|mail| mail.subject.contains("password was changed")).await;
}

#[tokio::test]
async fn a_link_opens_often_and_works_once() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let browser = provider.browser();
    let shown = browser.open("/recover").await;
    browser.click(&shown, "send", &[("email", ALICE)]).await;
    let link = link(&provider, ALICE, "/recover/password").await;
    // A program that looks through mails opens the link first.
    provider.browser().open(&link).await.expect("/recover/password");
    let shown = browser.open(&link).await;
    browser.click(&shown, "save", &[("password", NEW)]).await.expect("/login");
    for again in [browser.open(&link).await, browser.click(&shown, "save", &[("password", PASSWORD)]).await] {
        assert_eq!((again.status.as_u16(), again.error_code().as_deref()), (410, Some("link_expired")));
    }
    log_in(&browser, ALICE, NEW).await.expect("/account");
}

#[tokio::test]
async fn a_link_ends_after_an_hour() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let browser = provider.browser();
    let shown = browser.open("/recover").await;
    browser.click(&shown, "send", &[("email", ALICE)]).await;
    let link = link(&provider, ALICE, "/recover/password").await;
    provider.wait(Duration::from_secs(3600));
    assert_eq!(browser.open(&link).await.error_code().as_deref(), Some("link_expired"));
    for broken in ["/recover/password", "/recover/password?token=x", "/recover/password?token=%00"] {
        assert!(browser.open(broken).await.error_code().is_some(), "{broken}");
    }
}

/// A page without its CSRF token and the address typed.
fn bare(shown: &Shown, email: &str) -> String {
    format!("{} {} {}", shown.status, shown.url, shown.plain().replace(email, "EMAIL"))
}

/// Enumeration by text, status and time.
#[tokio::test]
async fn an_unknown_address_looks_like_a_known_one() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    account(&provider, "off@example.test", AccountStatus::Deactivated).await;
    let mut courses = Vec::new();
    for email in [ALICE, "off@example.test", "nobody@example.test"] {
        let browser = provider.browser();
        let mut course = Vec::new();
        for _ in 0..5 {
            let shown = browser.open("/recover").await;
            let asked_at = Instant::now();
            let answer = browser.click(&shown, "send", &[("email", email)]).await;
            assert!(asked_at.elapsed() >= Duration::from_millis(100), "answers take the same time");
            course.push(bare(&answer, email));
        }
        courses.push(course);
    }
    assert!(courses[0][4].contains("429"), "mails to one address are limited: {}", courses[0][4]);
    assert!(courses.iter().all(|course| *course == courses[0]), "{courses:#?}");
}

#[tokio::test]
async fn what_was_typed_stays_when_it_is_refused() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    let shown = browser.open("/recover").await;
    let shown = browser.click(&shown, "send", &[("email", "alice@")]).await;
    assert_eq!(shown.status.as_u16(), 422);
    assert!(shown.form_with("send").fields.contains(&("email".to_owned(), "alice@".to_owned())));
    assert!(shown.has("email-error"));
}
